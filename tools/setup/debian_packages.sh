#!/bin/sh
# See that the programs are there that the tests start: a real MQTT broker, a browser that draws the board, and systemd's
# own tools, which judge the hub's service (nothing is booted with them).
set -eu
cd "$(dirname "$0")/../.."

missing=
[ -x /usr/sbin/mosquitto ] || command -v mosquitto >/dev/null 2>&1 || missing="$missing mosquitto"
command -v chromium >/dev/null 2>&1 || missing="$missing chromium fonts-dejavu-core"
# Playwright's own Node.js, which drives the browser, is linked against it.
.venv/bin/python -c 'import ctypes; ctypes.CDLL("libatomic.so.1")' 2>/dev/null || missing="$missing libatomic1"
for program in systemd-analyze:systemd udevadm:udev modprobe:kmod; do
    PATH="$PATH:/usr/sbin:/sbin" command -v "${program%:*}" >/dev/null 2>&1 || missing="$missing ${program#*:}"
done
[ -z "$missing" ] && exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "setup: the tests need programs that are not here. Run: sudo apt install$missing   and then the same command again." >&2
    exit 1
fi
echo "setup: installing Debian's$missing ..." >&2
# shellcheck disable=SC2086  # one word per package is meant
{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing; } \
    >/dev/null </dev/null || { echo "setup: apt-get could not install$missing; its words are above." >&2; exit 1; }
