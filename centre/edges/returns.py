"""Dispensers that have come back: believed by their last word, then let go of everything that would call a person."""

from collections.abc import Iterable

from sqlalchemy import Connection

from centre.core import outbox, returned
from centre.core.rules import Clear
from centre.edges import alarm_news, alarm_store, command_store, device_state, event_store
from centre.edges.alarm_store import Who
from protocol.events import Event
from protocol.service_events import DeviceErased


def hear_returns(
    connection: Connection, tenant: str, senders: Iterable[str], believed: list[Event], who: Who
) -> None:
    """After a batch.  senders: whom it spoke of.  who: a device by its hub, or the person who carried the record."""
    recorded = {event.device_id.hex() for event in believed if isinstance(event.body, DeviceErased)}
    for device_id in senders:
        device = device_state.state_of(connection, tenant, device_id)
        if device is None or (not device.erased and device_id not in recorded):
            continue
        newest = event_store.newest_of(connection, tenant, device_id)
        erased = newest is not None and returned.is_erased(newest["type"])
        if erased == device.erased:
            continue
        at_s = (newest["utc_s"] or who.at_s) if newest is not None and erased else None
        device_state.keep_erased(connection, tenant, device_id, at_s)
        verb = "device_erased" if erased else "device_not_erased"
        alarm_store.note(connection, tenant, verb, who, f"{device_id} at {device.label}")
        if erased:
            _let_go(connection, tenant, device_id, who)


def _let_go(connection: Connection, tenant: str, device_id: str, who: Who) -> None:
    """Its own conditions end, and what waited for it is withdrawn."""
    causes = alarm_store.active_causes(connection, tenant, device_id)
    causes |= alarm_news.waiting_causes(connection, tenant, device_id)
    for cause in sorted(causes):
        if not returned.outlives(cause):
            alarm_news.tell(connection, tenant, Clear(bytes.fromhex(device_id), cause), who)
    for command in command_store.waiting(connection, tenant).get(device_id, []):
        command_store.settle(connection, tenant, device_id, command.counter, outbox.SUPERSEDED)
