"""Every way to identify, up to eight keys and tags: who is let in has shown all that the credential asks for."""

import copy

from firmware.core.credentials import find_by_pin, find_by_tag
from firmware.refill.identify import CHECK_PIN, Identify
from firmware.refill.steps import BACK, OK

TAG_ONLY, PIN_ONLY, BOTH = [[bytes([n] * 8), 1, b"", b"", 0] for n in (1, 2, 3)]
TAG_ONLY[2] = b"tag of the first"
PIN_ONLY[3] = b"pin of the secon"
BOTH[2], BOTH[3] = b"tag of the third", b"pin of the third"
ENDED = [bytes([4] * 8), 1, b"tag of the other", b"", 5]  # its date has gone by
ROWS = [TAG_ONLY, PIN_ONLY, BOTH, ENDED]
PINS = {"the second's PIN": PIN_ONLY[3], "the third's PIN": BOTH[3], "a wrong PIN": b"pin of nobody..."}
TAGS = {
    "the first's tag": TAG_ONLY[2],
    "the third's tag": BOTH[2],
    "an ended tag": ENDED[2],
    "a strange tag": b"tag of nobody...",
}
NOW_S = 10


class Somebody:
    """shown: the proofs since the last wrong one, oldest first; tries: how many were wrong, by what was shown."""

    def __init__(self):
        self.asks, self.shown, self.wrong, self.known_wrong = Identify(), (), 0, 0

    def copy(self):
        twin = copy.copy(self)
        twin.asks = copy.copy(self.asks)
        return twin

    def types(self, pin):
        """Six digits and OK; what was typed before is wiped out first."""
        while self.asks.digits:
            self.asks.key(BACK)
        for _ in range(6):
            self.asks.key("1")
        if self.asks.key(OK) == CHECK_PIN:
            self.tried(self.asks.pin_row(find_by_pin(ROWS, pin, NOW_S), pin), pin)

    def holds(self, tag):
        self.tried(self.asks.tag_row(find_by_tag(ROWS, tag, NOW_S), tag), tag)

    def tried(self, wrong, proof):
        self.wrong += int(wrong)
        self.shown = () if wrong else (*self.shown, proof)

    def judge(self, way):
        who = self.asks.who
        if who is not None:
            (row,) = [row for row in ROWS if row[0] == who[0]]
            asked = {proof for proof in row[2:4] if proof}
            assert row is not ENDED, "a credential that has ended opens"
            assert asked <= set(self.shown[-2:]), "let in without all that is asked for: %s" % (way,)


def moves():
    """(words, whether the proof is anybody's, what is done)"""
    for words, pin in PINS.items():
        yield words, words != "a wrong PIN", lambda one, pin=pin: one.types(pin)
    for words, tag in TAGS.items():
        known = words not in ("an ended tag", "a strange tag")
        yield words, known, lambda one, tag=tag: one.holds(tag)
    yield "a tray's tag", True, lambda one: one.asks.trays()
    yield "OK", True, lambda one: one.asks.key(OK)
    yield "Back", True, lambda one: one.asks.key(BACK)
    yield "a digit", True, lambda one: one.asks.key("7")


def test_who_is_let_in_has_shown_all_that_the_credential_asks_for(record_property):
    """Tag, PIN or both, in any order: never a half, never one that has ended; a strange tag costs a try."""
    waiting, came, let_in, tried = [(Somebody(), ())], set(), set(), 0
    for one, way in waiting:
        for words, known, do in moves() if len(way) < 8 and not one.asks.over else ():
            after, tried = one.copy(), tried + 1
            do(after)
            after.judge((*way, words))
            assert known or after.wrong == one.wrong + 1 or "PIN" in words, "a strange tag costs no try"
            if after.asks.who:
                let_in.add(after.asks.who[0])
            row = after.asks._row
            key = after.asks.step, after.asks.digits, row and row[0], after.shown[-2:], after.asks.over
            if key not in came:
                came.add(key)
                waiting.append((after, (*way, words)))
    record_property("count", f"state space, somebody identifies: {len(came):,} states, {tried:,} transitions")
    assert let_in == {row[0] for row in (TAG_ONLY, PIN_ONLY, BOTH)}
