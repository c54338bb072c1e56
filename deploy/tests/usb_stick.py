"""A USB stick that is not there: its folders as the kernel shows them in sysfs, for the real udev to act on."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

CONTROLLER = "devices/pci0000:00/0000:00:14.0/usb1"
RULES = Path(__file__).resolve().parents[1] / "udev/60-dosevakt-hub.rules"
# In mounts of its own: sysfs is our folder; /dev and /run are empty, so that nothing of this machine is touched.
SCRIPT = """\
set -e
mount --bind "$1" /sys
mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3
mount -t tmpfs none /run && mkdir -p /run/udev/rules.d
mknod -m 600 "/dev/$3" c 166 0
cp "$2" /run/udev/rules.d/60-dosevakt-hub.rules
udevadm test --action=add "$4" >/dev/null 2>&1
udevadm test --action=add "$5" 2>/dev/null
echo "LINK=$(cd /dev/serial/by-id && ls)"
echo "OURS=$(cd /dev/dosevakt 2>/dev/null && ls)"
echo "NODE=$(stat --format='%a %U:%G' "/dev/$3")"
echo "ASLEEP=$(cut -c1-2 "$4/power/control")"
"""


@dataclass(frozen=True)
class Stick:
    """What a stick says about itself, and the node that its driver gives it."""

    vendor: str
    product: str
    maker: str
    name: str
    serial: str
    node: str


def plug_in(folder: Path, stick: Stick, rules: Path = RULES) -> dict[str, str]:
    """What the real udev, with Debian's own rules and ours, makes of the stick.  Needs root."""
    usb = folder / CONTROLLER / "1-1"
    interface = usb / "1-1:1.0"
    tty = interface / "tty" / stick.node
    said = {"idVendor": stick.vendor, "idProduct": stick.product, "serial": stick.serial}
    said |= {"manufacturer": stick.maker, "product": stick.name, "power/control": "auto"}
    for name, value in said.items():
        _put(usb / name, value)
    _put(usb / "uevent", f"DEVTYPE=usb_device\nDRIVER=usb\nPRODUCT={stick.vendor}/{stick.product}/100")
    _put(interface / "uevent", "DEVTYPE=usb_interface\nDRIVER=cdc_acm\nINTERFACE=2/2/0")
    _put(interface / "bInterfaceNumber", "00")
    _put(interface / "bInterfaceClass", "02")
    _put(tty / "uevent", f"MAJOR=166\nMINOR=0\nDEVNAME={stick.node}")
    _put(tty / "dev", "166:0")
    for place, subsystem in ((usb, "bus/usb"), (interface, "bus/usb"), (tty, "class/tty")):
        (folder / subsystem).mkdir(parents=True, exist_ok=True)
        (place / "subsystem").symlink_to(os.path.relpath(folder / subsystem, place))
    where = [f"/sys/{place.relative_to(folder)}" for place in (usb, tty)]
    command = [
        "unshare",
        "--mount",
        "sh",
        "-c",
        SCRIPT,
        "plug_in",
        str(folder),
        str(rules),
        stick.node,
        *where,
    ]
    environment = {
        **os.environ,
        "SYSTEMD_DEVICE_VERIFY_SYSFS": "0",
    }  # udev's own tests mount a folder there, too
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)


def _put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text + "\n")
