#!/bin/sh
# Completes the guest's tree after its packages are in. Runs on the host, with the tree as $1.
# Only what every start of the machine shares belongs here: the rest is laid on top at boot.
set -eu
root=$1
here=$(dirname "$0")

install -D -m 755 "$here/preinit" "$root/usr/lib/purje-machine/preinit"
mkdir -p "$root/purje" "$root/out"
echo purje > "$root/etc/hostname"
# A fixed id: an empty one would make every boot a first boot, with all its presets.
echo 70686f6e650000000000000000000001 > "$root/etc/machine-id"
chroot "$root" useradd --create-home --uid 1000 --shell /bin/bash \
    --groups video,input,render phone
chroot "$root" fc-cache --system-only
