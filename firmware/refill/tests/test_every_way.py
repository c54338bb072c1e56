"""Every way through a filling, nearest first: keys, lid, hands, tags, faults, and power that fails before each deed."""

import copy
from collections import deque

import pytest

from firmware.refill import session as rules
from firmware.refill import steps
from firmware.refill.filling import Filling
from firmware.refill.roll import RollSession
from firmware.refill.tray import PLACES, TraySession

NURSE = 2
DAY_S = 1_800_000_000
KEYS = (steps.OK, steps.BACK, steps.HOLD, "1", "2")
WRONG_PATIENT = 1
NUMBER, HEADER = "4711", 2
HANDS = 0b001, 0b100  # slot 1 of the plan, and slot 3, which is not in it; in slot 2 something lies
CHECKED = {"missing", "surplus", "correct", "vouch", "first", "open_correct", "sealing"}


def a_filling(number=None, header=0):
    """Two doses: slot 1 and slot 2."""
    rows = b"".join(
        bytes([slot]) + due_s.to_bytes(4, "big") + b"\x0e\x10\x02"
        for slot, due_s in ((1, DAY_S), (2, DAY_S + 7200))
    )
    return Filling(bytes(16), 1, "nb", [], number, rows, DAY_S, DAY_S + 7200, header)


class Room:
    """The truth around a session.  held: bits of slots that hold something; opened: the lid was seen open since the
    start; sealed, ended: what came of it."""

    def __init__(self, session, held, lid=False):
        self.session, self.held, self.lid = session, held, lid
        self.opened = self.sealed = self.ended = False
        self.cuts = []

    def copy(self):
        twin = copy.copy(self)
        twin.session, twin.cuts = copy.copy(self.session), []
        twin.session.slot_s = list(self.session.slot_s)
        return twin

    def key(self):
        """Equal where the same can follow: what a step does not look at any more is left out."""
        session = self.session
        step = session.step
        behind = session._stop_from if step == "stop" else ""
        fault = session._fault_from if "fault" in (step, behind) else ""
        seen = session.seen if {step, behind, fault} & CHECKED else 0
        own = getattr(session, "_asked", 0), getattr(session, "chamber", 0), session.digits
        kept = (
            step,
            behind,
            fault,
            session.note,
            session.at,
            seen,
            session.wrong,
            session.filled,
            session.touched,
        )
        return kept, own, session.way, self.held, self.lid, self.sealed, self.ended

    def do(self, deeds, fault=False, opens_at=0):
        """What the shell does with deeds; before each the power may fail.  opens_at: the lid opens at this place."""
        while deeds:
            name, value = deeds[0]
            if not (name == rules.TURN and 2 < value < PLACES):
                self.cut()
            deeds = self.deed(name, value, fault, opens_at) + deeds[1:]

    def cut(self):
        """The power may fail here: what is on flash then."""
        self.cuts.append((self.session.encode(), self.opened))

    def deed(self, name, value, fault, opens_at):
        session = self.session
        if name == rules.ABORT:
            assert not self.ended and (session.touched or not self.opened), (
                "what was open counts as untouched"
            )
            self.ended = True
        elif name == rules.SEAL:
            self.sealed = True
            self.judge()
        elif name in (rules.TURN, rules.LOOK):
            if name == rules.TURN and session.step == "turning" and value == opens_at and value:
                self.lid = self.opened = True
                return session.lid(True)
            place = value if name == rules.TURN else session.slot()
            occupied = None if fault else bool(place and self.held >> (place - 1) & 1)
            return session.turned(place, occupied) if name == rules.LOOK or place else []
        return []

    def hands(self):
        """What somebody can change here: what `held` becomes, one by one."""
        return [self.held ^ bit for bit in HANDS] if self.lid else []

    def unseen(self):
        """... and while the power is off, when nobody sees it."""
        return [self.held, self.held ^ HANDS[0]]

    def would(self, key):
        """Nobody is asked what they know here: each key may be pressed."""
        return True

    def judge(self):
        """What is told by the seal is so, and nobody seals what may not be."""
        session = self.session
        assert not self.lid, "sealed with the lid open"
        assert session.seen == self.held, "the full turn has seen something else"
        wanted = session.filling.bits()
        assert session.filled == self.held & wanted, "another thing is told than lies inside"
        assert self.held == wanted or session.role == NURSE, "a relative seals a difference"


class RollRoom(Room):
    """held: how many pouches are past the cutting line; less than 0: so many empty ones lie in front of the first dose.
    The marks of empty and full pouches are alike, so only who loads knows."""

    def deed(self, name, value, fault, opens_at):
        session = self.session
        if name == rules.FEED:
            self.held = min(HEADER + 1, self.held + (min(value, 1) if fault else value))
            return session.failed() if fault else session.fed()
        if name == rules.EMPTIED:
            return session.emptied(not fault)
        return super().deed(name, value, fault, opens_at)

    def hands(self):
        return [-HEADER, 0, 1] if self.lid and self.session.step == "load" else []

    def unseen(self):
        return [self.held, -HEADER, 1]

    def would(self, key):
        """Who loads does as the words say: the band's beginning at the line, and says truly how much of it is left."""
        step, held = self.session.step, self.held
        if step == "load" and key == steps.OK:
            return held == -HEADER or (held == 0 and self.session.wrong != 0)
        if step == "header" and key in "12":
            return held == (-HEADER if key == "1" else 0)
        return step != "number" or key not in "12"  # the number is typed in one go

    def judge(self):
        assert not self.lid, "sealed with the lid open"
        assert self.held == 0, "sealed with another pouch at the line"


def after_power(kind, make, cut, held, lid):
    """The session that goes on.  held, lid: as the return of the power finds them; nobody has seen the change."""
    kept, opened = cut
    room = kind(make(), held, lid)
    room.opened = opened
    fields = rules.kept(kept)
    if fields[0] == "sealing":
        return None  # refilling_seal.py ends it, by what was kept
    room.session.is_open = lid
    room.do(rules.restore(room.session, fields))
    room.opened = room.opened or (lid and not room.session.over)
    room.do(room.session.lid(lid))
    return room


def moves(room):
    """(words, what to do with a copy of the room)"""
    session = room.session
    for key in KEYS:
        if room.would(key):
            yield "key " + key, lambda room, key=key: room.do(room.session.key(key))
    if room.would(steps.OK):
        yield "key # and a fault", lambda room: room.do(room.session.key(steps.OK), fault=True)
        yield "key # and the lid opens", lambda room: room.do(room.session.key(steps.OK), opens_at=2)
    yield "the lid", swing
    yield "the lid and a fault", lambda room: swing(room, fault=True)
    yield "the lid, and it opens again", lambda room: swing(room, opens_at=PLACES)
    yield "nobody for an hour", lambda room: room.do(room.session.idle())
    for held in room.hands():
        yield "a hand: %d" % held, lambda room, held=held: setattr(room, "held", held)
    if session.row()[0] == steps.TAG:
        yield "its tag", lambda room: room.do(room.session.tag(0, 7))
        yield "another tag", lambda room: room.do(room.session.tag(WRONG_PATIENT, 7))
    if session.step == "number" and not session.digits:
        yield "the roll's number", lambda room: [room.session.key(digit) for digit in NUMBER]


def swing(room, fault=False, opens_at=0):
    """The lid is opened or closed."""
    room.lid = not room.lid
    room.opened = room.opened or room.lid
    room.do(room.session.lid(room.lid), fault, opens_at)


class Explored:
    """Breadth first from the start of a filling."""

    def __init__(self, kind, make, held):
        self.kind, self.make = kind, make
        self.transitions, self.steps = 0, set()
        room = kind(make(), held)
        room.do(room.session.start(False))
        self.came_by, self.waiting = {room.key(): (None, "start")}, deque([room])
        while self.waiting:
            before = self.waiting.popleft()
            here = before.key()
            for words, do in [*moves(before), ("power cut", lambda room: room.cut())]:
                self.words = words
                room = before.copy()
                try:
                    do(room)
                    self.reach(room, here, words)
                    for kept, opened in room.cuts:
                        self.power_returns(room, (kept, opened), here)
                    can_be_ended(room)
                except AssertionError as broken:
                    told = [*story(self.came_by, here), self.words, str(broken)]
                    raise AssertionError("\n".join(told)) from broken

    def power_returns(self, room, cut, here):
        words = self.words
        for held in room.unseen():
            for lid in (False, True):
                self.words = "%s, cut, then %d, lid %s" % (words, held, "open" if lid else "closed")
                self.reach(after_power(self.kind, self.make, cut, held, lid), here, self.words)

    def reach(self, room, here, words):
        self.transitions += 1
        if room is not None and room.key() not in self.came_by:
            self.came_by[room.key()] = (here, words)
            self.steps.add(room.session.step)
            if not (room.sealed or room.ended):
                self.waiting.append(room)

    def sentence(self, name):
        """The counts, for the summary of the test run."""
        return f"state space, {name}: {len(self.came_by):,} states, {self.transitions:,} transitions"


def story(came_by, key):
    words = []
    while key is not None:
        key, word = came_by[key]
        words.append(word)
    return words[::-1]


def can_be_ended(room):
    """Wherever it stands, Back held down and OK end it: nobody is locked into a filling."""
    room = room.copy()
    if room.session.row()[0] == steps.DEVICE:
        return
    for key in (steps.HOLD, steps.HOLD, steps.OK):
        if not room.session.over:
            room.do(room.session.key(key))
    assert room.session.over, "cannot be ended at " + room.session.step


@pytest.mark.parametrize("role", [rules.RELATIVE, NURSE], ids=["relative", "nurse"])
def test_every_way_of_filling_a_tray_ends_sealed_as_it_is_or_not_at_all(role, record_property):
    """Whatever is pressed, opened, put in, taken out or cut off: a seal tells what lies inside, and an end is near."""
    found = Explored(Room, lambda: TraySession(a_filling(), bytes(8), role, DAY_S, 0), 0b10)
    record_property(
        "count", found.sentence("a tray is filled, " + ("relative" if role == rules.RELATIVE else "nurse"))
    )
    assert found.steps >= {
        "fill",
        "left",
        "empty",
        "extra",
        "missing",
        "surplus",
        "first",
        "sealing",
        "unfinished",
    }


def test_every_way_of_loading_a_roll_ends_with_its_first_pouch_at_the_line_or_not_at_all(record_property):
    """Whatever is pressed, opened, pulled or cut off: a seal knows that the first pouch lies at the line."""
    make = lambda: RollSession(a_filling(NUMBER, HEADER), bytes(8), rules.RELATIVE, DAY_S, 0)  # noqa: E731
    found = Explored(RollRoom, make, 1)
    record_property("count", found.sentence("a roll is loaded"))
    assert found.steps >= {
        "load",
        "header",
        "feeding",
        "count",
        "first",
        "sealing",
        "reload",
        "fault",
        "unfinished",
    } - {"feeding"}
