# Boots to the lock, unlocks by swipe and code, opens the app grid, starts an app from it, turns it
# into a live cover by an edge swipe that follows the finger, and closes it: all by finger on the
# touch screen, all judged by what is scanned out.
. /purje/machine/lib

step "a code is set"
printf '1234\n1234\n' | as_user purje-auth set
phone_starts

step "the curtain rises, and a wrong code does not open"
raise_curtain
within 20 changed pad lock
still pad
enter 1 1 1 1
sleep 1
still wrong
open_grid
still not_a_grid
picture same /out/not_a_grid.png /out/wrong.png || fail "the lock lets gestures through"

step "the right code opens"
enter 1 2 3 4
within 20 changed home wrong --share 0.1
still home

step "the grid rises from the bottom edge"
open_grid
within 20 changed grid home
still grid

step "the first app in it starts"
finger tap 0.158 0.205
within 60 shows app has $APP_COLOUR --share 0.8
still app
pgrep -f purje-machine-colour > /dev/null || fail "there is no such process"
as_user systemctl --user list-units 'app-purje-*' --no-legend | grep -q running ||
    fail "the app has no unit of its own"

step "it follows the finger from the edge, and comes back when the finger does"
finger down 0 0.997 0.6
for x in 0.95 0.9 0.85 0.8 0.75 0.7 0.65 0.6; do finger move 0 $x 0.6; done
within 10 changed peek app --share 0.1
picture has /out/peek.png $APP_COLOUR --share 0.05 || fail "the app is gone before the finger is up"
for x in 0.7 0.8 0.9 0.99; do finger move 0 $x 0.6; done
finger up 0
within 20 back_to still_app app

step "an edge swipe makes it a live cover on home"
go_home
covered() { shows cover has $APP_COLOUR --share 0.03 && ! shows cover has $APP_COLOUR --share 0.5; }
within 20 covered
still cover

step "the cover opens it again, and the corner closes it"
finger tap 0.5 0.48
within 20 back_to opened app
close_app
within 20 eval '! shows closed has $APP_COLOUR --share 0.01'
within 20 eval '! pgrep -f purje-machine-colour'
still closed
