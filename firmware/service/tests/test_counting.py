"""What a device says is still inside when it comes back: by its plan and by what its journal proves."""

import pytest

from firmware.core.ledger import Ledger
from firmware.core.phases import DUE, MISSED, PLANNED, PRESENTED, TAKEN, UNCERTAIN, WITHHELD
from firmware.core.plan import to_schedule
from firmware.service.counting import LATE, count
from protocol.commands import Command, StoreLoadPlan
from protocol.load_plan import MESSAGE_ONLY, Dose, LoadPlan
from protocol.roll_manifest import RollManifest
from protocol.service_return import LEFT, LOCKED, UNSURE

NOON_S = 1_795_435_200
TABLET, MULTIDOSE = 1, 2


class Unit:
    """A device in service mode as counting sees it (firmware/service/unit.py)."""

    def __init__(self, model, plan, stored=True):
        self.board = self.recorder = self.plans = self
        self.model = model
        self.ledger = Ledger()
        self.ledger.seq, self.receipted = 61, 57
        self.unreadable = self.memory_lost = self.lost_events = False
        self.active = None if plan is None else to_schedule(plan)
        self._stored = Command(bytes(8), 1, NOON_S, StoreLoadPlan(plan)).encode() if plan and stored else None

    def stored(self):
        return self._stored

    def lives(self, *phases):
        """Slot 1, 2 ... have come so far; (phase, marks) where a mark matters."""
        for slot, life in enumerate(phases, 1):
            phase, marks = life if isinstance(life, tuple) else (life, 0)
            if phase != PLANNED:
                self.ledger.doses[bytes([slot] * 16)] = (phase, 0, marks, NOON_S)
        return self


def plan(doses=8, roll=None, elsewhere=()):
    rows = [
        Dose(bytes([n] * 16), n, NOON_S + n * 7200, 0, 3600, n, MESSAGE_ONLY if n in elsewhere else 0)
        for n in range(1, doses + 1)
    ]
    return LoadPlan(b"p" * 16, 1, 2 if roll else 1, rows, [(0, 0)], None, "nb", (), roll)


def test_each_compartment_counts_as_what_the_journal_proves():
    """Taken is gone; not yet given is left; missed and withheld are locked in; what nobody knows is said as that."""
    lives = (TAKEN, MISSED, WITHHELD, UNCERTAIN, PRESENTED, DUE, (MISSED, LATE))
    counts = count(Unit(TABLET, plan(9, elsewhere=(9,))).lives(*lives))

    assert counts.rows == (
        (2, 2, LOCKED),
        (3, 3, LOCKED),
        (4, 4, UNSURE),
        (5, 5, UNSURE),
        (6, 6, LEFT),
        (7, 7, UNSURE),
        (8, 8, LEFT),
    )
    assert (counts.known, counts.medium, counts.chamber, counts.last_seq, counts.receipted) == (
        True,
        1,
        0,
        61,
        57,
    )


def test_a_roll_counts_from_the_cutting_line_on():
    """What is behind the line has left the roll, into a hand or the chamber; what is before it lies there still."""
    unit = Unit(MULTIDOSE, plan(5, RollManifest("4711", bytes([1] * 5), 1, 1, True, 70)))
    unit.lives(TAKEN, MISSED, UNCERTAIN, WITHHELD).ledger.roll = (4, 0, 2, 0)
    counts = count(unit)

    assert counts.rows == ((3, 3, UNSURE), (4, 4, LOCKED), (5, 5, LEFT))
    assert (counts.medium, counts.chamber, counts.known) == (2, 2, True)
    unit.ledger.roll = (4, 1, 2, 0)  # the roll may have moved
    assert not count(unit).known


@pytest.mark.parametrize("doubt", ["unreadable", "memory_lost", "lost_events", "needs_refill", "refill"])
def test_doubt_is_told(doubt):
    """Where plan, history or filling are in doubt, the count says so: a person has to look."""
    unit = Unit(TABLET, plan())
    owner = unit.ledger if doubt in ("needs_refill", "refill") else unit
    setattr(owner, doubt, (bytes(8), 1) if doubt == "refill" else True)

    assert not count(unit).known


def test_without_the_stored_plan_the_slots_are_told_without_tablets():
    """A device whose next plan lies there already still knows which slots hold something; one without a plan, none."""
    assert {pills for _, pills, _ in count(Unit(TABLET, plan(), stored=False)).rows} == {0}
    assert count(Unit(TABLET, None)).rows == ()
