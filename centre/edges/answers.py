"""What devices answer to commands: settle the command, and believe the device about its plan."""

from sqlalchemy import Connection

from centre.core import outbox
from centre.edges import command_store
from protocol.device_events import CommandAccepted, CommandRefused, PlanActivated
from protocol.events import Event


def hear_answers(connection: Connection, tenant: str, believed: list[Event]) -> None:
    """Settle the commands that these events answer."""
    for event in believed:
        device_id, body = event.device_id.hex(), event.body
        if isinstance(body, CommandAccepted | CommandRefused):
            _settle(connection, tenant, device_id, body)
        elif isinstance(body, PlanActivated):
            command_store.mark_active(connection, tenant, device_id, body.plan_id.hex())


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
