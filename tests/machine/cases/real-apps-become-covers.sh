# Apps that nobody here wrote (a GTK 4 one, a Qt 6 one, a terminal) start over D-Bus as units of the
# user's systemd, fill the panel, and become live covers on home.
. /purje/machine/lib

has_unit() {
    as_user systemctl --user --no-legend list-units "app-purje-*" | grep -q "app-purje-$1@.*running"
}
in_front() { as_user purjectl state --json | grep -q "\"front\": \"$1\""; }
mapped() { as_user purjectl state --json | grep -q '"state": "mapped"'; }
at() { as_user purjectl state --json | grep -q "\"view\": \"$1\""; }

# launch ID NAME: starts an app, waits until it is in front and still, and swipes it to home.
launch() {
    step "$1 starts"
    within 20 as_user purjectl launch "$1"
    within 30 has_unit "$1"
    within 90 in_front "$1"
    within 60 mapped
    within 30 changed "$2" empty --share 0.3
    finger swipe 0.995 0.5 0.3 0.5 250
    within 30 at home
}

phone_starts
unlock_without_code
still empty
launch org.gnome.Calculator calculator
launch featherpad featherpad
launch foot foot
still covers
changed home empty --share 0.15 || fail "there are no covers on home"
