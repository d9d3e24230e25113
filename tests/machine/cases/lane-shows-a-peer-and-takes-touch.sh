# The machine itself works: a peer compositor, in a logind session on seat0, is scanned out, and a
# finger on the virtual touch screen reaches its client. When this fails, the fault is the lane's.
. /purje/machine/lib

within 20 test -d /sys/class/drm/card0
step "a session on seat0"
systemd-run --unit=peer --quiet \
    --property=PAMName=login --property=User=phone --property=WorkingDirectory=/home/phone \
    --setenv=XDG_SEAT=seat0 --setenv=XDG_SESSION_TYPE=wayland --setenv=XDG_SESSION_CLASS=user \
    --setenv=LIBSEAT_BACKEND=logind \
    weston --backend=drm --renderer=pixman --shell=kiosk --socket=wayland-0 \
    --idle-time=0 --log=/tmp/weston.log
within 30 test -S "$RUNTIME/wayland-0"
[ "$(loginctl show-session "$(active_session)" --property=Type --value)" = wayland ] ||
    fail "the peer's session is not active on seat0"

step "a client that draws where it is touched"
as_user weston-simple-touch &
within 30 shows before drawn
sleep 0.5
see before
finger swipe 0.2 0.2 0.8 0.8 300
within 10 changed after before --share 0.0005
cp /tmp/weston.log /out/
