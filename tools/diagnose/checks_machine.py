"""D001 to D003: this computer and its port.  Pure."""

from tools.diagnose.facts import Facts
from tools.diagnose.finding import Answer, fail, foreign, ok, skip, warn

INSTALL = (
    "Run: sudo dosevakt udev --install   (or: sudo dosevakt diagnose --fix), then plug the device in again."
)


def port_access(facts: Facts) -> Answer:
    """May we open the device's port, and does nobody else hold it?"""
    machine = facts.machine
    if machine.no_port:
        return fail(
            foreign(machine.no_port), "Connect one device, or name it: dosevakt diagnose --device SERIAL"
        )
    if machine.refused:
        return fail(foreign(machine.refused), "Do what the sentence says, then run this again.")
    return ok(f"The port {foreign(machine.port)} opens, and nobody else holds it.")


def udev_rule(facts: Facts) -> Answer:
    """Are the rules there that give the port to whoever sits here, and keep modem programs away?"""
    if not facts.machine.has_udev:
        return skip("This computer has no udev.")
    if facts.machine.rules is None:
        return warn("No udev rules for dispensers are installed.", INSTALL)
    return ok(f"The udev rules are installed: {facts.machine.rules}.")


def modem_manager(facts: Facts) -> Answer:
    """Does ModemManager leave the port alone?  It sends AT commands to serial ports that it does not know."""
    machine = facts.machine
    if not machine.modem_manager:
        return ok("ModemManager does not run.")
    if machine.ignored:
        return ok("ModemManager runs, and is told to leave this port alone.")
    if machine.rules is None:
        return fail("ModemManager runs and may type into the device.", INSTALL)
    if machine.ignored is None:
        return ok("ModemManager runs; the udev rules keep it away from dispensers.")
    return warn(
        "ModemManager runs, and this port was plugged in before the rules were there.", "Plug it in again."
    )
