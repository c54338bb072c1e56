"""What devices tell of commands, plans, doses and themselves: settle the command, and believe the device."""

from sqlalchemy import Connection

from centre.core import dose_life, outbox
from centre.edges import command_store, credential_store, device_state, dose_store, refill_state
from protocol import cose
from protocol.commands import StoreLoadPlan, decode_command
from protocol.device_events import CommandAccepted, CommandRefused, PlanActivated
from protocol.dose_events import DoseEvent
from protocol.errors import MessageError
from protocol.events import Event
from protocol.refill_commands import AddCredential, RevokeCredential

# Orders whose answer changes more than the order itself.
REMEMBERED = (StoreLoadPlan.TYPE, AddCredential.TYPE, RevokeCredential.TYPE)


def hear_answers(connection: Connection, tenant: str, believed: list[Event], now_s: int) -> None:
    """Keep what these events say.  now_s: for events of a device that does not know the time."""
    for event in believed:
        device_id, body, at_s = event.device_id.hex(), event.body, event.utc_s or now_s
        _hear_refill(connection, tenant, event, at_s)
        if isinstance(body, CommandAccepted | CommandRefused):
            _settle(connection, tenant, device_id, body)
        elif isinstance(body, PlanActivated):
            plan_id = body.plan_id.hex()
            dose_store.mark_active(connection, tenant, device_id, plan_id, body.version, event.seq)
        elif isinstance(body, DoseEvent):
            _hear_dose(connection, tenant, device_id, body, at_s)
        else:
            device_state.hear(connection, tenant, device_id, body, event.seq, at_s)


def _settle(
    connection: Connection, tenant: str, device_id: str, body: CommandAccepted | CommandRefused
) -> None:
    state = command_store.state_of(connection, tenant, device_id, body.counter)
    if state is None:
        return
    accepted = isinstance(body, CommandAccepted)
    reason = None if isinstance(body, CommandAccepted) else body.reason
    settled = outbox.answer(state, accepted)
    if settled != state:
        command_store.settle(connection, tenant, device_id, body.counter, settled, reason)
        if body.command_type in REMEMBERED:
            _hear_answer(connection, tenant, device_id, body.counter, reason)


def _hear_answer(
    connection: Connection, tenant: str, device_id: str, counter: int, reason: int | None
) -> None:
    """What the answer means for a credential, or for a plan that the device does not keep."""
    signed = command_store.cose_of(connection, tenant, device_id, counter)
    try:
        order = decode_command(cose.parse_sign1(signed).payload).body
    except MessageError:  # signed by an older centre, and no version takes it any more
        return
    credential_store.hear(connection, tenant, device_id, order, reason)
    if isinstance(order, StoreLoadPlan) and reason is not None:
        plan = order.plan
        dose_store.mark_refused(connection, tenant, device_id, plan.plan_id.hex(), plan.version)


def _hear_refill(connection: Connection, tenant: str, event: Event, at_s: int) -> None:
    device_id, body, new_filling = event.device_id.hex(), event.body, False
    if isinstance(body, PlanActivated):
        before = dose_store.plan_in_force(connection, tenant, device_id)
        new_filling = before is None or before[0] != body.plan_id.hex()
    refill_state.hear(connection, tenant, device_id, body, event.seq, at_s, new_filling)


def _hear_dose(connection: Connection, tenant: str, device_id: str, body: DoseEvent, at_s: int) -> None:
    dose_id = body.dose_id.hex()
    known = dose_store.state_of(connection, tenant, device_id, dose_id)
    heard = dose_life.hear(known, body, at_s)
    if heard != known:
        dose_store.save_state(connection, tenant, device_id, dose_id, heard)
