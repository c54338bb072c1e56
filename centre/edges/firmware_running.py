"""Which dispensers a campaign is for: those that do not run its version already."""

from sqlalchemy import Connection

from centre.edges import event_store
from centre.edges.opening import stored_event
from protocol.service_events import UpdateConfirmed, UpdateReverted


def needs(connection: Connection, tenant: str, device_id: str, sequence: int) -> bool:
    """False for a dispenser whose last word was that this version stays."""
    types = [UpdateConfirmed.TYPE, UpdateReverted.TYPE]
    found = event_store.of_types(connection, tenant, device_id, types, 1)
    if not found:
        return True
    event = stored_event(bytes(found[0]["cose"]))
    said = event.body if event is not None else None
    return not (isinstance(said, UpdateConfirmed) and said.sequence == sequence)
