# A phone that boots shows its lock screen, from its own units, in a login session on seat0.
. /purje/machine/lib

phone_starts
session=$(active_session)
[ "$(loginctl show-session "$session" --property=Name --value)" = phone ] || fail "not the phone's session"
[ "$(loginctl show-session "$session" --property=Type --value)" = wayland ] || fail "not a wayland session"
for unit in purje-compositor purje-session; do
    within 20 as_user systemctl --user is-active $unit.service
done
step "no unit has failed"
[ -z "$(systemctl --failed --no-legend)" ] || { systemctl --failed; fail "failed units"; }
[ -z "$(as_user systemctl --user --failed --no-legend)" ] || fail "failed units of the user"
