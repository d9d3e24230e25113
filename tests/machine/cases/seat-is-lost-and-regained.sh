# When another session takes the seat, the phone lets go of screen and fingers; when it gets the seat
# back, the picture is as before, touch works and the app lives.
. /purje/machine/lib

phone_starts
unlock_without_code
app_starts
still app
ours=$(active_session)

step "another session takes the seat"
systemd-run --unit=other --quiet --property=PAMName=login --property=User=phone \
    --setenv=XDG_SEAT=seat0 --setenv=XDG_SESSION_TYPE=wayland --setenv=XDG_SESSION_CLASS=user \
    sleep infinity
other_is_active() { [ "$(active_session)" != "$ours" ]; }
within 20 other_is_active
[ "$(loginctl show-session "$ours" --property=State --value)" = online ] || fail "we still have the seat"
go_home
app_lives

step "the phone gets the seat back"
loginctl activate "$ours"
within 30 back_to again app
go_home
within 20 changed home app
app_lives
systemctl stop other
