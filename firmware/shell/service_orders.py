"""InstallFirmware while it doses: judge it, and go to service mode on the hub's line.  Dropped after use (rare.py)."""

from firmware.core import agenda
from firmware.core.updating import why_not_now
from protocol.errors import WRONG_STATE, MessageError
from protocol.service_commands import InstallFirmware


def check(order, desk):
    """Raises MessageError with the refusal code.  Every other service command is for service mode."""
    if not isinstance(order, InstallFirmware):
        raise MessageError(WRONG_STATE)
    plan, ledger = desk.plans.active, desk.recorder.ledger
    now_s = None if desk.clock.doubted() else desk.clock.now_s()
    code = why_not_now(agenda.doses(plan, ledger), ledger, now_s, True)
    if code or desk.mechanism.moving:
        raise MessageError(code or WRONG_STATE)


def install(payload, desk):
    """Go: the command is answered.  Cut off here it is not done, and the centre asks again."""
    from firmware.core.piecemeal import read_heading
    from firmware.shell.service_door import enter
    from protocol.service_events import BY_HUB

    heading = read_heading(payload)
    enter(desk.recorder, desk.settings, BY_HUB, {heading.type: heading.fields})
