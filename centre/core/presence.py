"""Is a hub there?  Pure; from its birth and will messages and from its silence.

All times are the centre's own wall seconds: broker keepalives do not run faster in a demonstration.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Presence:
    """What the centre knows of one hub's connection.

    session: grows at each connect of the hub, so that the will of an old connection is known for what it is.
    """

    session: int = 0
    online: bool = False
    last_heard_s: int = 0
    offline_since_s: int | None = None


def on_state(presence: Presence, online: bool, session: int, now_s: int) -> Presence:
    """A birth (online) or a will (not online).  A message older than the newest birth changes nothing."""
    if session < presence.session:
        return presence
    if online:
        return Presence(session, True, now_s, None)
    since_s = presence.offline_since_s if presence.offline_since_s is not None else now_s
    return replace(presence, session=session, online=False, offline_since_s=since_s)


def on_heard(presence: Presence, now_s: int) -> Presence:
    """Anything signed came from the hub."""
    return replace(presence, last_heard_s=max(now_s, presence.last_heard_s))


def is_lost(presence: Presence, now_s: int, lost_after_s: int, silent_after_s: int) -> bool:
    """True when a person must know.  A hub that was never there is being installed, not lost."""
    if presence.session == 0 and presence.last_heard_s == 0:
        return False
    if presence.offline_since_s is not None and now_s - presence.offline_since_s >= lost_after_s:
        return True
    return now_s - presence.last_heard_s > silent_after_s
