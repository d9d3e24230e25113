# When logind is started again, nobody tells the compositor that its devices are closed to it: it
# ends by itself, is started again, and the lock screen is back.
. /purje/machine/lib

phone_starts
step "logind restarts"
systemctl restart systemd-logind
finger key power
sleep 1
finger key power
restarted() {
    [ "$(as_user systemctl --user show purje-compositor --property=NRestarts --value)" -ge 1 ]
}
within 60 restarted
within 60 shows lock drawn
