"""Compares what a dispenser journalled with what the centre stored: lost 0, doubled 0, order kept.

The device trims what is receipted, so its early events are proven by the chain: each event names the hash of the one
before, and the device's newest hash stands for its whole history.
"""

import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from hil_tests.flash_image import journal_now
from hil_tests.unit import Unit
from protocol.urgency import is_urgent
from tools.demo.witness import NotSeen

NO_PREV = bytes(16)  # what event 1 chains to (protocol/events.py)


@dataclass(frozen=True)
class Row:
    """One event as the centre stored it, in the order of storing."""

    seq: int
    prev: bytes
    hash: bytes
    urgent: bool = False  # calls a person, and so may be stored before what happened earlier


@dataclass(frozen=True)
class Findings:
    """All zero and True when nothing went wrong on the way."""

    lost: int
    doubled: int
    in_order: bool  # of storing, of what calls nobody; see BEHIND_A_GAP
    chained: bool
    same_history: (
        bool  # device and centre agree on every event that the device still holds, and on the newest
    )


NOTHING_WRONG = Findings(0, 0, True, True, True)
# A killed broker forgets what it had queued, so a later batch may come first: the centre keeps it behind a gap, tells
# of the gap, and has the whole story in order when the hub has sent the missing piece again.
BEHIND_A_GAP = Findings(0, 0, False, True, True)


def audit(unit: Unit, told_lost: int = 0) -> Findings:
    """Wait until every event that the device wrote is at the centre, or patience ends, and compare all of them.

    told_lost: how many the device itself has reported as lost from its journal; the centre cannot have those.
    """
    flash = unit.device.folder / "flash.bin"
    database = unit.town.folder / "centre.sqlite3"

    def look() -> Findings | None:
        journal = journal_now(flash)
        return compare(journal, stored(database, unit.device_id)) if journal else None

    def settled() -> Findings | None:
        found = look()
        return found if found and found.lost <= told_lost and found.same_history else None

    with suppress(NotSeen):
        return unit.wait_until(settled, "every journalled event at the centre")
    return unit.wait_until(look, "a journal that can be read")


def audit_hub(unit: Unit) -> Findings:
    """The hub's own events have no journal to compare with; their chain must be whole."""
    rows = stored(unit.town.folder / "centre.sqlite3", unit.town.hub_id)
    last = rows[-1] if rows else Row(0, NO_PREV, NO_PREV)
    return compare({"last": last.seq, "head": last.hash.hex(), "held": []}, rows)


def compare(journal: dict, rows: list[Row]) -> Findings:
    """journal: see flash_image.journal_now."""
    seqs = [row.seq for row in rows]
    routine = [row.seq for row in rows if not row.urgent]
    by_seq = {row.seq: row for row in rows}
    ends = {seq: row.hash.hex() for seq, row in by_seq.items()}
    chained = all(
        row.prev == (by_seq[row.seq - 1].hash if row.seq - 1 in by_seq else NO_PREV) for row in rows
    )
    same = ends.get(journal["last"]) == journal["head"]
    return Findings(
        lost=len(set(range(1, journal["last"] + 1)) - set(seqs)),
        doubled=len(seqs) - len(by_seq),
        in_order=routine == sorted(routine),
        chained=chained,
        same_history=same and all(ends.get(seq) == mark for seq, mark in journal["held"] if mark),
    )


def stored(database: Path, sender: str) -> list[Row]:
    """The centre's rows of one sender, oldest storing first."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        query = "SELECT seq, prev, hash, type FROM events WHERE device_id = ? ORDER BY id"
        rows = connection.execute(query, (sender,))
        return [Row(seq, prev, mark, is_urgent(kind)) for seq, prev, mark, kind in rows]
