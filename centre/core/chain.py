"""Judge one arrived event against what the centre already holds of its sender.  Pure.

The chain of a sender runs from seq 1 without a hole; `Chain` is its verified end.  Events beyond a hole are
kept and alarmed on, but no receipt covers them until the hole is filled.
"""

from dataclasses import dataclass

NO_HEAD = bytes(16)  # prev of seq 1

NEXT, DUPLICATE, GAP, FORK, REPLAY = "next", "duplicate", "gap", "fork", "replay"
FORGED, UNKNOWN_DEVICE, WRONG_HUB = "forged", "unknown_device", "wrong_hub"

# A copy by the same hub is a replay only when that hub had the receipt in hand this long: it would have
# deleted the event.  A lost receipt or a restarted hub (new session) is ordinary redelivery.
REPLAY_AFTER_S = 60
# A hole is ordinary while a killed broker's batch or what an alarm overtook is on its way.  A hole that does not shrink
# for so long is not: a hub's longest pause before it connects again (60 s) and two of its 30 s rounds (decision 28).
GAP_GRACE_S = 120
# A hole that shrinks may be a journal of months that follows its alarms.  On the slowest line it takes 3 minutes
# (5,000 events, 115,200 baud); one that has not closed by then is told, however it moves.
GAP_SHRINKS_S = 900


@dataclass(frozen=True)
class Chain:
    """The verified end of one sender's chain."""

    last_seq: int = 0
    head: bytes = NO_HEAD


@dataclass(frozen=True)
class Link:
    """The place of one authentic event in its chain.  `mends`: it is a signed report of a damaged journal."""

    seq: int
    prev: bytes
    hash: bytes
    mends: bool = False


@dataclass(frozen=True)
class Held:
    """What the centre holds under the same sender and number."""

    hash: bytes
    hub_id: str


def judge(chain: Chain, link: Link, held: Held | None, hub_id: str, receipt_age_s: int | None) -> str:
    """Return the verdict on an authentic event.

    held: the event stored under this number, if any.
    receipt_age_s: how long `hub_id` has had the receipt for it in its present session; None: not known.
    """
    if held is not None:
        if held.hash != link.hash:
            return FORK
        old = receipt_age_s is not None and receipt_age_s >= REPLAY_AFTER_S
        return REPLAY if old or held.hub_id != hub_id else DUPLICATE
    if link.mends and link.seq > chain.last_seq:
        return NEXT
    if link.seq > chain.last_seq + 1:
        return GAP
    return NEXT if link.seq == chain.last_seq + 1 and link.prev == chain.head else FORK


def advance(chain: Chain, links: list[Link]) -> tuple[Chain, Link | None]:
    """Walk the chain over stored events, ascending.  Returns its new end and the link that does not fit."""
    for link in links:
        fits = link.mends or (link.seq == chain.last_seq + 1 and link.prev == chain.head)
        if link.seq == chain.last_seq + 1 and not fits:
            return chain, link
        if not fits:
            break
        chain = Chain(link.seq, link.hash)
    return chain, None
