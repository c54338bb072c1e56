"""The udev rules of a technician's machine: those of a hub, and what somebody who sits at the machine needs besides.

One source for the ports: deploy/udev/60-dosevakt-hub.rules.  A hub has nobody sitting at it, so these stand here only:
uaccess gives the port to who is logged in at the screen; it must be set before 73-seat-late.rules reads it (systemd,
TAG "uaccess"), hence the number 60 in the name.  The link names a port by the device's serial number.  picotool needs
the USB device itself while a board is in BOOTSEL mode: usb.ids 2e8a:0003 (RP2040), 2e8a:000f (RP2350).
"""

from importlib.resources import files
from pathlib import Path

NAME = "60-dosevakt.rules"
FOLDER = Path("/etc/udev/rules.d")
# Where udev reads rules; the first folder that has a name wins.  Source: udev(7), "Rules files".
FOLDERS = (
    FOLDER,
    Path("/run/udev/rules.d"),
    Path("/usr/local/lib/udev/rules.d"),
    Path("/usr/lib/udev/rules.d"),
)
HUB_NAME = "60-dosevakt-hub.rules"

_OURS = """\
# Who sits at this machine may use them; a dispenser's own port is also named by its serial number.
SUBSYSTEM=="tty", SUBSYSTEMS=="usb", ATTRS{idVendor}=="2e8a|0403|10c4|1a86", TAG+="uaccess"
SUBSYSTEM=="tty", SUBSYSTEMS=="usb", ATTRS{idVendor}=="2e8a", ATTRS{serial}=="?*", SYMLINK+="dosevakt/%s{serial}"

# A board that waits for firmware, for picotool.
SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ATTR{idVendor}=="2e8a", ATTR{idProduct}=="0003|000f", TAG+="uaccess"
SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ATTR{idVendor}=="2e8a", GROUP="dialout", MODE="0660"

"""


def rules() -> str:
    """The text of the rules file."""
    hub = (files("deploy") / "udev" / HUB_NAME).read_text()
    head = "# Made by `dosevakt udev --install`; `dosevakt udev --remove` takes it away.\n"
    before, label, after = hub.replace("dosevakt_hub_end", "dosevakt_end").partition("LABEL=")
    return head + before + _OURS + label + after


def installed(folders: tuple[Path, ...] = FOLDERS) -> Path | None:
    """The rules file that udev reads for our ports, a technician's or a hub's; None when there is neither."""
    for name in (NAME, HUB_NAME):
        for folder in folders:
            if (folder / name).is_file():
                return folder / name
    return None
