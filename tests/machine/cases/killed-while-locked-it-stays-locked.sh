# A compositor that is killed while the phone is locked comes back locked, and no frame in between
# shows a pixel of the app behind the lock.
. /purje/machine/lib

main_pid() { as_user systemctl --user show purje-compositor --property=MainPID --value; }
restarted() {
    new=$(main_pid)
    [ "$new" != 0 ] && [ "$new" != "$old" ] &&
        as_user systemctl --user is-active purje-compositor
}
window_known() { as_user purjectl state --json | grep -q purje-machine-colour; }

phone_starts
unlock_without_code
app_starts
step "a code is set and the phone locks"
printf '1234\n1234\n' | as_user purje-auth set
as_user purjectl lock
within 20 eval '! shows locked has $APP_COLOUR --share 0.001'
still locked

step "the compositor is killed, again and again, each time with an app behind the lock"
guest-tool watch --forbid $APP_COLOUR --until /tmp/enough --evidence /out/leak.png &
watch=$!
for round in 1 2 3; do
    within 30 window_known
    old=$(main_pid)
    kill -KILL "$old"
    within 30 restarted
    within 30 shows "back$round" drawn
    # The app of the last round lost its connection with the compositor.
    app_in_background
done
within 30 window_known
still back
touch /tmp/enough
wait $watch || fail "a frame showed the app, see leak.png"

step "it is locked by the code"
raise_curtain
within 20 changed pad back
still pad
picture has /out/pad.png $APP_COLOUR --share 0.001 && fail "the lock opened without a code"
enter 1 2 3 4
within 30 shows open has $APP_COLOUR --share 0.01
