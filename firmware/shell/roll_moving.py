"""What moves the pouch roll: prove, feed, cut, present, retain.  Loaded for a motion and dropped.

Each step is proven before the next: perforation, label, blade, drawer, chamber.  After a step that is not, nothing of
the roll moves until its head is proven anew, and a person hears of it.
"""

import asyncio

from firmware.core import alarms, roll
from firmware.drivers.drawer import EMPTY_MS
from protocol.pouch_label import MAX_POUCHES, label_of
from protocol.roll_events import PouchesRetained, PouchesRetiring

FALL_MS = 1000  # from the blade to the drawer's floor: 100 mm, and a pouch may cling to the blade

UNREAD = "pouch not read"  # of POUCH_UNREAD
# Of ROLL, beside those of drivers/roll_feed.py.
UNPROVEN = "head not proven"
WRONG = "wrong pouch"
ENDS_EARLY = "roll ends early"
MISSING = "pouches missing in the drawer"
STUCK = ("roll stuck", "cutter stuck")  # of ROLL_STUCK
COUNTER = "chamber counter"  # of TECHNICAL


class Moving:
    """One piece of work.  `mechanism`: RollMechanism; schedule: the plan in force, or None."""

    def __init__(self, mechanism, board, recorder, schedule):
        self._mechanism = mechanism
        self._board = board
        self._recorder = recorder
        self._schedule = schedule

    async def prove(self):
        """Is what lies at the cutting line what the journal says?  Tells it if not, and ends what was told if so."""
        mechanism, ledger = self._mechanism, self._recorder.ledger
        slot = roll.at_head(self._schedule, ledger) if self._schedule is not None else 0
        if slot and not self._board.mark.value():
            return self._failed(UNPROVEN if ledger.roll[1] else ENDS_EARLY)
        if slot and roll.needs_label(self._schedule, ledger, slot) and mechanism.label is None:
            mechanism.label = await self._board.reader.read()
            if mechanism.label is None:
                return self._failed(UNREAD)
            if mechanism.at_head() is None:
                return self._failed(WRONG)
        if mechanism.at_head() is None:
            return self._failed(UNPROVEN)
        for code in (alarms.POUCH_UNREAD, alarms.ROLL, alarms.ROLL_STUCK):
            self._recorder.clear("", code)

    async def bring(self, slot):
        """Feed and cut all pouches of this slot into the drawer.  None, or "" when it has been told why not."""
        schedule, mechanism, ledger = self._schedule, self._mechanism, self._recorder.ledger
        many = roll.pouches_of(schedule, slot)
        reads = roll.needs_label(schedule, ledger, slot)
        label = mechanism.label if reads else None
        ready = many and self._board.mark.value() and not (mechanism.unsure or self._board.beam.lies)
        if not ready or (reads and label is None) or not roll.lies_ready(schedule, ledger, slot, label):
            return self._failed(UNPROVEN)
        mechanism.unsure = True
        labels = roll.expected_labels(schedule, slot) if reads else [None] * many
        for number, expected in enumerate(labels):
            words = await self._one(expected if number else None)
            if words is None and (ledger.roll[1] > 1 or self._board.lid.open):
                words = UNPROVEN  # a hand may have been at the roll
            if words is not None:
                return self._failed(words)
        mechanism.unsure = False
        mechanism.lying = slot, many
        self._board.beam.filled = True
        return None

    async def retire(self):
        """The pouches at the cutting line are nobody's any more: one by one into the chamber."""
        schedule, mechanism, ledger = self._schedule, self._mechanism, self._recorder.ledger
        slot, left = mechanism.at_head(), 0
        if mechanism.label is not None:
            slot, left = roll.at_line(schedule, ledger, mechanism.label)
        left = left or roll.pouches_of(schedule, slot)
        reads = roll.needs_label(schedule, ledger, slot)
        labels = roll.expected_labels(schedule, slot)[-left:] if reads else [None] * left
        self._recorder.note(PouchesRetiring(slot, left))
        mechanism.unsure = True
        for number, expected in enumerate(labels):
            words = await self._one(expected if number else None)
            if words is None and await self._board.chamber.drop() != 1:
                words = COUNTER
            if words is not None:
                return self._failed(words)
        mechanism.unsure = self._board.beam.lies
        self._retained(slot, left)
        self._recorder.clear(COUNTER)

    async def empty(self):
        """Whatever lies in the drawer falls into the chamber and is counted.  True when all that was presented did."""
        mechanism, drawer = self._mechanism, self._board.beam
        slot, many = mechanism.lying
        mechanism.lying = 0, 0
        if many and not drawer.lies:  # it has been taken: if in this very moment, poll() is about to say so
            drawer.look()
            await asyncio.sleep_ms(EMPTY_MS)
            return False
        words = await self._cut_off() if mechanism.unsure and not self._board.lid.open else None
        lay = drawer.lies
        fell = await self._board.chamber.drop()
        drawer.filled = False
        mechanism.unsure = words is not None or drawer.lies or self._board.lid.open
        if fell:
            self._retained(slot if fell == many else 0, fell)
        if words is None and lay and not (fell or drawer.lies):
            words = COUNTER
        if words is not None:
            self._failed(words)
        elif drawer.lies:
            mechanism.rest()
        return fell == many and not drawer.lies

    async def _cut_off(self):
        """End a cut that was begun, and let fall what hangs beyond the line: fed and not cut, or pulled by a hand.

        None, or why not.  Where no perforation lies at the line a person must look.
        """
        words = await self._board.cutter.bring_home()
        if words is None and self._board.mark.value():
            words = await self._board.cutter.cut()
            await asyncio.sleep_ms(FALL_MS)
        return words

    async def trial(self, schedule):
        """A new roll: nothing may hang beyond the line; its header goes into the chamber, or the roll a little forward
        and back; then the first label, if it is to be read.  None, or why not."""
        header, pitch_mm = schedule.roll[roll.HEADER], schedule.roll[roll.PITCH_MM]
        mechanism = self._mechanism
        mechanism.unsure, mechanism.label, self._schedule = True, None, schedule
        words = await self._cut_off() if self._board.mark.value() and not self._board.lid.open else UNPROVEN
        fell = await self._board.chamber.drop()
        if fell:
            self._retained(0, fell)
            words = words or UNPROVEN
        if words is not None:
            return words
        if not header:
            words = await self._board.feed.nudge(pitch_mm)
            if words is not None:
                return words
        for _ in range(header):
            words = await self._one(None)
            if words is not None:
                return words
            fell = await self._board.chamber.drop()
            self._retained(0, fell)
            if fell != 1:
                return COUNTER
        if schedule.roll[roll.READ]:
            mechanism.label = await self._board.reader.read()
            if mechanism.label != label_of(schedule.roll[roll.NUMBER], 1):
                return UNREAD if mechanism.label is None else WRONG
        mechanism.unsure = self._board.beam.lies
        return None

    async def _one(self, expected):
        """One pouch into the drawer.  expected: its label, None if it is not to be read now.  None, or why not."""
        self._mechanism.label = None
        if expected is not None:
            read = await self._board.reader.read()
            if read != expected:
                return UNREAD if read is None else WRONG
        words = await self._board.feed.pitch(self._schedule.roll[roll.PITCH_MM])
        if words is None:  # the blade stands while a hand may be there
            words = UNPROVEN if self._board.lid.open else await self._board.cutter.cut()
        if words is not None:
            return words
        for _ in range(FALL_MS // 20):
            if self._board.beam.lies:
                return None
            await asyncio.sleep_ms(20)
        return MISSING

    def _retained(self, slot, fell):
        chamber = self._recorder.ledger.roll[2] + fell
        self._recorder.note(PouchesRetained(slot, min(fell, MAX_POUCHES), min(chamber, 255)))

    def _failed(self, words):
        """Tell it; returns "", which says that it has been told."""
        code = (
            alarms.POUCH_UNREAD if words == UNREAD else alarms.ROLL_STUCK if words in STUCK else alarms.ROLL
        )
        self._mechanism.label = None
        self._mechanism.rest()
        self._recorder.alarm(words, alarms.TECHNICAL if words == COUNTER else code)
        return ""
