"""What only time brings: claims that run out, alarms whose grace is over, pauses that somebody may have forgotten."""

from sqlalchemy import Connection

from centre.core import pauses
from centre.core.rules import PAUSE, Raise
from centre.edges import alarm_news, alarm_store, device_state
from centre.edges.alarm_store import Who


def look(connection: Connection, tenant: str, who: Who, path_stands: bool) -> bool:
    """Do what is due now.  True if the board changed.

    path_stands: the way to the hubs has stood long enough for what is missing to have come again.
    """
    changed = alarm_store.expire_leases(connection, tenant, who)
    if path_stands:
        changed += alarm_news.raise_ripe(connection, tenant, who)
    return changed + _remember_pauses(connection, tenant, who) > 0


def _remember_pauses(connection: Connection, tenant: str, who: Who) -> int:
    count = 0
    for device in device_state.paused_devices(connection, tenant):
        row = alarm_store.latest(connection, tenant, device.device_id, PAUSE)
        told_s = row.alarm.last_seen_s if row else None
        since_s = device.paused_since_s or 0
        if pauses.must_be_told(since_s, told_s, who.at_s):
            facts = {"since_s": since_s, "pause": device.pause_reason}
            news = Raise("paused_long", bytes.fromhex(device.device_id), PAUSE, facts=facts)
            alarm_store.raise_alarm(connection, tenant, news, who)
            count += 1
    return count
