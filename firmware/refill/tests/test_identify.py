"""Who may fill: a tag, a PIN or both, five tries, and a lock that no power cut opens."""

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from firmware.core.credentials import find_by_pin, find_by_tag
from firmware.core.ledger import Ledger
from firmware.refill.identify import CHECK_PIN, LOCK_S, TRIES, Identify, locked_for_s
from protocol.refill_events import CredentialRefused, CredentialsLocked, RefillStarted

ROWS = [
    [b"relative", 1, b"", b"pin of relative.", 0],
    [b"nurse..1", 2, b"tag of the nurse", b"", 0],
    [b"techni.1", 3, b"tag technician..", b"pin technician..", 0],
]
PINS = {"111111": b"pin of relative.", "222222": b"pin technician.."}
TAGS = {"nurse": b"tag of the nurse", "technician": b"tag technician.."}
STRANGE = b"nobody's........"


class Door(RuleBasedStateMachine):
    """What the shell does around Identify, with a journal; the power may fail between any two of its events."""

    def __init__(self):
        super().__init__()
        self.ledger, self.seq = Ledger(), 0
        self.now_s, self.start_s = 1_800_000_000, 1_800_000_000
        self.since_lock = []  # "wrong" of this journal since the last lock or the last who was known
        self.state = Identify()
        self.proven = []

    def note(self, body):
        self.seq += 1
        self.ledger.apply(self.seq, bytes(16), 1, self.now_s, body)

    def settle(self):
        if self.ledger.tries >= TRIES:
            self.note(CredentialsLocked(LOCK_S))
            self.since_lock = []

    def locked(self):
        return locked_for_s(self.ledger.locked_s, self.now_s, self.now_s - self.start_s)

    def tried(self, wrong):
        if wrong:
            self.note(CredentialRefused(max(0, TRIES - 1 - self.ledger.tries)))
            self.since_lock.append("wrong")
        elif self.state.who is not None:
            credential, role = self.state.who
            self.note(RefillStarted(credential, role))
            row = next(row for row in ROWS if row[0] == credential)
            assert set(self.proven) >= {proof for proof in row[2:4] if proof}, (
                "both halves, where both are asked for"
            )
            self.since_lock, self.state, self.proven = [], Identify(), []

    @rule(pin=st.sampled_from([*PINS, "000000"]), cut=st.booleans())
    def types(self, pin, cut):
        """Type six digits and OK; the power may fail before the lock is written."""
        self.settle()
        if self.locked():
            return
        assert len(self.since_lock) < TRIES, "a sixth try without a lock"
        for key in pin:
            self.state.key(key)
        if self.state.key("#") != CHECK_PIN:
            return
        proof = PINS.get(pin, STRANGE)
        if proof != STRANGE:
            self.proven.append(proof)
        self.tried(self.state.pin_row(find_by_pin(ROWS, proof, self.now_s), proof))
        if cut:
            self.power_cut()

    @rule(tag=st.sampled_from([*TAGS, "bus card"]), cut=st.booleans())
    def holds(self, tag, cut):
        """Hold a tag there."""
        self.settle()
        if self.locked() or self.state.step == "locked":
            return
        assert len(self.since_lock) < TRIES, "a sixth try without a lock"
        proof = TAGS.get(tag, STRANGE)
        if proof != STRANGE:
            self.proven.append(proof)
        self.tried(self.state.tag_row(find_by_tag(ROWS, proof, self.now_s), proof))
        if cut:
            self.power_cut()

    @rule()
    def power_cut(self):
        """Nothing is left but the journal."""
        self.state, self.start_s, self.proven = Identify(), self.now_s, []

    @rule(seconds=st.integers(1, 1200))
    def wait(self, seconds):
        """Time passes."""
        self.now_s += seconds

    @rule(keys=st.text("0123456789*#", max_size=8))
    @precondition(lambda self: not self.locked())
    def plays(self, keys):
        """Any keys: nobody is known by them alone."""
        for key in keys:
            if self.state.key(key) == CHECK_PIN or self.state.over:
                self.state = Identify()
        assert self.state.who is None

    @invariant()
    def a_lock_lasts(self):
        """Nobody waits longer than the lock, and who is locked out is not shorter locked by a power cut."""
        assert 0 <= self.locked() <= LOCK_S


TestDoor = Door.TestCase


@given(st.integers(0, 2000), st.integers(-3000, 3000), st.integers(0, 2000))
def test_a_lock_is_over_after_15_minutes_of_any_clock(locked_s, later_s, up_s):
    """By the clock, or by the time since the start when the clock was set back: never longer, never opened early."""
    locked_s += 1_800_000_000
    now_s = locked_s + later_s
    left_s = locked_for_s(locked_s, now_s, up_s)

    by_clock_s = max(0, min(LOCK_S, LOCK_S - later_s))
    assert left_s == (by_clock_s if later_s >= -LOCK_S else max(0, LOCK_S - up_s))
    assert locked_for_s(locked_s, None, up_s) == max(0, LOCK_S - up_s)
    assert locked_for_s(0, now_s, up_s) == 0


def test_back_takes_digits_away_one_by_one():
    """A digit that was typed wrong is taken back, and the PIN counts only when six stand there."""
    asking = Identify()
    for key in "11*":
        asking.key(key)
    assert (asking.step, asking.digits) == ("pin", "1")
    assert asking.key("#") is None
    for key in "111119":  # a seventh is not taken
        asking.key(key)
    assert asking.digits == "111111"
    assert asking.key("#") == CHECK_PIN


def test_a_trays_tag_is_nobodys():
    """The tag of a tray held there first is named as such, and counts as no try."""
    asking = Identify()
    asking.trays()
    assert asking.step == "trays_tag"
    asking.key("*")
    assert asking.over and asking.who is None
