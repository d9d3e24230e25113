# Boots to the lock, unlocks by swipe and code, opens the app grid, starts an app, turns it into a
# cover by an edge swipe that follows the finger, and closes it: all by finger, judged by what is
# scanned out.
# waiting: the compositor's drm backend and the shell's grid
. /purje/machine/lib
phone_starts
