"""Is a hub there?  Pure; from its birth and will messages and from its silence.

All times are the centre's own wall seconds: broker keepalives do not run faster in a demonstration.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Presence:
    """What the centre knows of one hub's connection.

    session: grows at each connect of the hub, so that the will of an old connection is known for what it is.
    linked, state_utc_s: of its last state message.
    beats: it has repeated an unchanged state, and so promised to go on doing so; only then is silence a sign.
    """

    session: int = 0
    online: bool = False
    last_heard_s: int = 0
    offline_since_s: int | None = None
    linked: str = ""
    state_utc_s: int = 0
    beats: bool = False


@dataclass(frozen=True)
class State:
    """One birth (online) or will (not online)."""

    online: bool
    session: int
    linked: str
    utc_s: int


def on_state(presence: Presence, state: State, now_s: int) -> Presence:
    """A birth, a will or a beat.  A message older than the newest birth, or told twice, changes nothing."""
    known = (presence.session, presence.state_utc_s, presence.linked, presence.online)
    if state.session < presence.session or known == (state.session, state.utc_s, state.linked, state.online):
        return presence
    said = replace(presence, session=state.session, linked=state.linked, state_utc_s=state.utc_s)
    if not state.online:
        since_s = presence.offline_since_s if presence.offline_since_s is not None else now_s
        return replace(said, online=False, offline_since_s=since_s, beats=False)
    unchanged = presence.online and presence.session == state.session and presence.linked == state.linked
    same_session = presence.session == state.session
    beats = unchanged or (presence.beats and same_session)
    return replace(said, online=True, last_heard_s=now_s, offline_since_s=None, beats=beats)


def on_heard(presence: Presence, now_s: int) -> Presence:
    """Anything signed came from the hub."""
    return replace(presence, last_heard_s=max(now_s, presence.last_heard_s))


@dataclass(frozen=True)
class Patience:
    """Seconds before a person is told.  listening_since_s: the centre's own path stands since then."""

    lost_after_s: int
    silent_after_s: int
    listening_since_s: int


def is_lost(presence: Presence, now_s: int, patience: Patience) -> bool:
    """True when a person must know.  A hub that was never there is being installed, not lost."""
    if presence.session == 0:
        return False
    if presence.offline_since_s is not None and now_s - presence.offline_since_s >= patience.lost_after_s:
        return True
    heard_s = max(presence.last_heard_s, patience.listening_since_s)
    return presence.beats and now_s - heard_s > patience.silent_after_s
