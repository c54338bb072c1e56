"""Do what the centre asks about filling: who may fill, and where the roll stands.  Dropped after use (rare.py)."""

from firmware.core.confirming import check_confirm
from firmware.core.credentials import add, read_rows, revoke
from firmware.shell.rare import drop
from protocol import cbor
from protocol.dose_events import CAUSE_LID_OPEN, CAUSE_MECHANISM, DoseWithheld
from protocol.errors import UNKNOWN_TYPE, DispenserError, MessageError
from protocol.refill_commands import AddCredential, ConfirmRoll, RevokeCredential

FIRST_OF_SERVICE = 40  # TYPE, of service_commands


def fill(order, counter, desk, again):
    """Act and journal it.  Raises MessageError with the refusal code, before anything has changed."""
    if isinstance(order, AddCredential):
        _keep(desk, add(_kept(desk), order))
    elif isinstance(order, RevokeCredential):
        _keep(desk, revoke(_kept(desk), order.credential, again))
    elif isinstance(order, ConfirmRoll):
        _confirm(order.slot, counter, desk)
    elif order.TYPE >= FIRST_OF_SERVICE:
        _serve(order, desk)
    else:
        raise MessageError(UNKNOWN_TYPE)


def _serve(order, desk):
    from firmware.shell.service_orders import check

    try:
        check(order, desk)
    finally:
        del check
        drop("firmware.shell.service_orders", "firmware.core.updating")
        drop("protocol.service_commands", "protocol.service_events")


def _kept(desk):
    """A list that cannot be read opens nothing: the centre adds anew."""
    try:
        return read_rows(desk.settings.get("credentials"))
    except DispenserError:
        return []


def _keep(desk, rows):
    desk.settings.put("credentials", cbor.encode(rows))


def _confirm(slot, counter, desk):
    """The doses that this ends are told first: cut off, the next start does it all once more."""
    from protocol.roll_events import RollConfirmed

    mechanism, ledger = desk.mechanism, desk.recorder.ledger
    lid_open = mechanism.blocked() == CAUSE_LID_OPEN
    for dose in check_confirm(slot, desk.plans.active, ledger, lid_open, mechanism.moving):
        desk.recorder.note(DoseWithheld(dose.dose_id, dose.slot, CAUSE_MECHANISM))
    desk.recorder.note(RollConfirmed(counter, slot))
