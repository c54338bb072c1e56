"""What is wrong with the hub itself, and when it is told.  Pure: facts and time in, news out.

A trouble is told once when it has lasted, and its end once when that has lasted: a line that flickers is one trouble.
"""

from dataclasses import dataclass

from hub.core import takeover
from protocol.hub_events import (
    TROUBLE_CLOCK,
    TROUBLE_PATH,
    TROUBLE_POWER,
    TROUBLE_STORAGE,
    TROUBLE_TWIN,
    HubTrouble,
    HubTroubleOver,
)

# Below this nobody should rely on the card: logs and updates want some of it.  The outbox itself needs little: 16
# dispensers with 40 events a day are 0.2 MB a day (reference performance.md section 5: 300 B an event).
LOW_FREE_BYTES = 64 << 20

# How long it must be so before it is told, and how long it must be over.
# path: a router's restart takes a minute.  power: the Raspberry Pi notices single dips; told at once, over when none
# came for ten minutes.  clock: after power-on a synchronisation may take some minutes.  twin: takeover.py has counted.
_LASTS_MS = {
    TROUBLE_PATH: 60_000,
    TROUBLE_POWER: 0,
    TROUBLE_STORAGE: 0,
    TROUBLE_CLOCK: 600_000,
    TROUBLE_TWIN: 0,
}
_OVER_MS = {
    TROUBLE_PATH: 0,
    TROUBLE_POWER: 600_000,
    TROUBLE_STORAGE: 60_000,
    TROUBLE_CLOCK: 0,
    TROUBLE_TWIN: 0,
}


@dataclass(frozen=True)
class Facts:
    """How the hub is now.  None: this machine does not tell."""

    path_up: bool
    path_sentence: str
    under_voltage: bool | None
    free_bytes: int | None
    storage_fault: bool  # the last transaction failed
    set_aside: str | None  # name of a damaged outbox that this start found
    clock_trusted: bool
    taken_over: bool = False  # another machine uses our name at the broker


class Troubles:
    """told: the kinds that have been told and are not over, also by earlier starts of the hub."""

    def __init__(self, told: tuple[int, ...] = ()) -> None:
        self._told = set(told)
        self._since_ms: dict[int, int] = {}  # since when a kind is unlike what was told last

    def news(self, facts: Facts, utc_s: int, now_ms: int) -> list[HubTrouble | HubTroubleOver]:
        """What must be told now.  utc_s: 0 while the time is not known.  It comes again until told() says it was."""
        found = _standing(facts)
        news: list[HubTrouble | HubTroubleOver] = []
        for what in _LASTS_MS:
            is_there = what in found
            if is_there == (what in self._told):
                self._since_ms.pop(what, None)
                continue
            lasted_ms = now_ms - self._since_ms.setdefault(what, now_ms)
            if is_there and lasted_ms >= _LASTS_MS[what]:
                since_s = max(0, utc_s - lasted_ms // 1000) if utc_s else 0
                news.append(HubTrouble(what, since_s, found[what]))
            elif not is_there and lasted_ms >= _OVER_MS[what]:
                news.append(HubTroubleOver(what))
        return news

    def told(self, body: HubTrouble | HubTroubleOver) -> tuple[int, ...]:
        """It is stored.  Returns all kinds that stand as told, for the next start."""
        if isinstance(body, HubTrouble):
            self._told.add(body.what)
        else:
            self._told.discard(body.what)
        self._since_ms.pop(body.what, None)
        return self.standing

    @property
    def standing(self) -> tuple[int, ...]:
        """The kinds that have been told and are not over."""
        return tuple(sorted(self._told))


def _standing(facts: Facts) -> dict[int, str]:
    """Each trouble that is there, with its words for a technician."""
    found = {}
    if not facts.path_up:
        found[TROUBLE_PATH] = facts.path_sentence[:64]
    if facts.under_voltage:
        found[TROUBLE_POWER] = "under-voltage"
    if facts.set_aside is not None:
        found[TROUBLE_STORAGE] = f"set aside as {facts.set_aside}"[:64]
    elif facts.storage_fault:
        found[TROUBLE_STORAGE] = "the outbox cannot be written"
    elif facts.free_bytes is not None and facts.free_bytes < LOW_FREE_BYTES:
        found[TROUBLE_STORAGE] = f"{facts.free_bytes >> 20} MB left on the disk"
    if not facts.clock_trusted:
        found[TROUBLE_CLOCK] = "no trusted time"
    if facts.taken_over:
        found[TROUBLE_TWIN] = takeover.DETAIL
    return found
