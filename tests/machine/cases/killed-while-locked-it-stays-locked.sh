# A compositor that is killed while the phone is locked comes back locked, and no frame in between
# shows a pixel of the app behind the lock.
. /purje/machine/lib

phone_starts
unlock_without_code
app_starts
step "a code is set and the phone locks"
printf '1234\n1234\n' | as_user purje-auth set
as_user purjectl lock
within 20 eval '! shows locked has $APP_COLOUR --share 0.001'
still locked

step "the compositor is killed, again and again"
guest-tool watch --forbid $APP_COLOUR --until /tmp/enough --evidence /out/leak.png &
watch=$!
for round in 1 2 3; do
    pid=$(as_user systemctl --user show purje-compositor --property=MainPID --value)
    kill -KILL "$pid"
    restarted() {
        new=$(as_user systemctl --user show purje-compositor --property=MainPID --value)
        [ "$new" != 0 ] && [ "$new" != "$pid" ] && as_user systemctl --user is-active purje-compositor
    }
    within 30 restarted
    within 30 shows back$round drawn
    sleep 1
done
touch /tmp/enough
wait $watch || fail "a frame showed the app, see leak.png"

step "it is locked: raising the curtain does not show the app"
raise_curtain
sleep 2
if shows pad has $APP_COLOUR --share 0.001; then fail "the lock opened"; fi
