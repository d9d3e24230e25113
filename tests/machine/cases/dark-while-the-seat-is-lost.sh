# A phone whose panel is off when another session takes the seat is still off when it gets the seat
# back, and its power key lights it.
. /purje/machine/lib

phone_starts
unlock_without_code
ours=$(active_session)
dark() { ! see dark; }

step "the panel goes dark"
finger key power
within 20 dark

step "another session has the seat for a while"
systemd-run --unit=other --quiet --property=PAMName=login --property=User=phone \
    --setenv=XDG_SEAT=seat0 --setenv=XDG_SESSION_TYPE=wayland --setenv=XDG_SESSION_CLASS=user \
    sleep infinity
other_is_active() { [ "$(active_session)" != "$ours" ]; }
within 20 other_is_active
loginctl activate "$ours"
ours_is_active() { [ "$(active_session)" = "$ours" ]; }
within 20 ours_is_active
# Nothing is to happen: that can only be given time to.
sleep 1
dark || fail "the panel lit by itself"

step "the power key lights it"
finger key power
within 20 shows lit drawn
systemctl stop other
