"""Receipts: what the centre confirms to a hub, and since when the hub has known it."""

from bisect import bisect_left
from collections import deque

from centre.core.chain import Chain
from centre.edges.keys import CentreKey
from protocol import cose
from protocol.receipts import MAX_DEVICES, Receipt

REMEMBERED = 200  # receipts per hub and device


def sealed_receipts(key: CentreKey, hub_id: str, now_s: int, ends: dict[str, Chain]) -> list[bytes]:
    """Signed receipts for the verified ends of these senders; one names up to 64."""
    rows = [
        (bytes.fromhex(sender), end.last_seq, end.head)
        for sender, end in sorted(ends.items())
        if end.last_seq
    ]
    parts = [rows[start : start + MAX_DEVICES] for start in range(0, len(rows), MAX_DEVICES)]
    return [
        key.seal(Receipt(bytes.fromhex(hub_id), now_s, part).encode(), cose.CONTEXT_RECEIPT) for part in parts
    ]


class ReceiptBook:
    """Which receipts the broker has taken for each hub in its present session.  Memory only.

    Forgetting it (a restart) only means that a replayed copy passes for ordinary redelivery for a while.
    """

    def __init__(self) -> None:
        self._sessions: dict[str, int] = {}
        self._given: dict[tuple[str, str], deque[tuple[int, int]]] = {}

    def note(self, hub_id: str, session: int, ends: dict[str, Chain], wall_s: int) -> None:
        """The broker has taken a receipt for these ends."""
        self._forget_old_session(hub_id, session)
        for sender, end in ends.items():
            given = self._given.setdefault((hub_id, sender), deque(maxlen=REMEMBERED))
            if not given or given[-1][0] < end.last_seq:
                given.append((end.last_seq, wall_s))

    def age_s(self, hub_id: str, session: int, sender: str, seq: int, wall_s: int) -> int | None:
        """Seconds since the hub was told that this event is safe; None when it was not, in this session."""
        given = self._given.get((hub_id, sender))
        if given is None or self._sessions.get(hub_id) != session:
            return None
        at = bisect_left(given, seq, key=lambda entry: entry[0])
        return wall_s - given[at][1] if at < len(given) else None

    def _forget_old_session(self, hub_id: str, session: int) -> None:
        if self._sessions.get(hub_id) != session:
            self._sessions[hub_id] = session
            for known in [pair for pair in self._given if pair[0] == hub_id]:
                del self._given[known]
