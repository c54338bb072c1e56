"""What devices tell of commands, plans, doses and themselves: settle the command, and believe the device."""

from sqlalchemy import Connection

from centre.core import dose_life, outbox
from centre.edges import command_store, device_state, dose_store
from protocol.device_events import CommandAccepted, CommandRefused, PlanActivated
from protocol.dose_events import DoseEvent
from protocol.events import Event


def hear_answers(connection: Connection, tenant: str, believed: list[Event], now_s: int) -> None:
    """Keep what these events say.  now_s: for events of a device that does not know the time."""
    for event in believed:
        device_id, body, at_s = event.device_id.hex(), event.body, event.utc_s or now_s
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


def _hear_dose(connection: Connection, tenant: str, device_id: str, body: DoseEvent, at_s: int) -> None:
    dose_id = body.dose_id.hex()
    known = dose_store.state_of(connection, tenant, device_id, dose_id)
    heard = dose_life.hear(known, body, at_s)
    if heard != known:
        dose_store.save_state(connection, tenant, device_id, dose_id, heard)
