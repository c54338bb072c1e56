"""What --fix may do: only what belongs to this computer.  A device's clock, keys and plan are the centre's."""

from pathlib import Path

from tools.diagnose.facts import MachineFacts
from tools.refusal import Refusal
from tools.udev.command import install
from tools.udev.rules import FOLDER


def fix(machine: MachineFacts, folder: Path = FOLDER) -> list[str]:
    """Mend what can be mended safely; returns a sentence for each thing that was done, or could not be.

    folder: where udev reads rules.
    """
    if not machine.has_udev:
        return ["Nothing to fix: this computer has no udev."]
    if machine.rules is not None and (machine.ignored is not False or not machine.modem_manager):
        return ["Nothing to fix on this computer."]
    try:
        changed = install(folder)
    except Refusal as refusal:
        return [str(refusal)]
    if changed:
        return [
            "The udev rules are installed; ModemManager leaves dispensers alone. Plug the device in again."
        ]
    return ["The udev rules were installed already. Plug the device in again."]
