# When the whole display device is taken away and comes back, as a new card, the picture is back and
# no client is lost.
. /purje/machine/lib

phone_starts
unlock_without_code
app_starts
still app
step "the device goes"
guest-tool panel remove
sleep 1
app_lives
as_user systemctl --user is-active purje-compositor.service || fail "the compositor did not survive"
step "the device returns"
guest-tool panel add
within 30 back_to again app
app_lives
[ "$(as_user systemctl --user show purje-compositor --property=NRestarts --value)" = 0 ] ||
    fail "the compositor was started again"
