"""How often the hub is asked for the time, and what is made of the battery clock."""

from firmware.core import alarms
from firmware.core.ledger import Ledger
from firmware.shell.clock_keeping import ASK_EVERY_MS, ClockKeeping
from firmware.shell.uptime import Uptime
from protocol.commands import SetClock
from protocol.dose_events import CAUSE_UNTRUSTED_CLOCK, CAUSE_WAS_OFF
from protocol.link_messages import ClockProof, TimeReply, TimeRequest

T_MS = 1_800_000_000_000


class Ticks:
    """The board's milliseconds, turned by hand."""

    now_ms = 0

    def ticks_ms(self):
        return self.now_ms

    def ticks_diff(self, later, earlier):
        return later - earlier


def keeping() -> tuple[ClockKeeping, Ticks]:
    """A unit that has no time yet, at the beginning of a session with its hub."""
    ticks = Ticks()
    clock = ClockKeeping(None, None, Uptime(ticks))
    clock.session_started()
    return clock, ticks


class Chip:
    """A battery clock that may fall silent."""

    silent = False
    utc = None

    def utc_s(self):
        return None if self.silent else self.utc

    def set(self, utc_s):
        if self.silent:
            raise OSError(5)
        self.utc = utc_s


class Told:
    """The alarms that stand, by the rule of the core."""

    def __init__(self):
        self.ledger = Ledger()

    def alarm(self, detail):
        for body in alarms.to_raise(self.ledger.alarms, alarms.TECHNICAL, detail):
            self.note(body)

    def clear(self, detail):
        for body in alarms.to_clear(self.ledger.alarms, alarms.TECHNICAL, detail):
            self.note(body)

    def note(self, body):
        self.ledger.apply(self.ledger.seq + 1, bytes(16), 1, 1, body)


def ask(clock, ticks) -> int:
    """Go on until the hub is asked; returns how long that took."""
    waited_ms = clock.next_due_ms()
    ticks.now_ms += waited_ms
    assert isinstance(clock.next_message(), TimeRequest)
    assert clock.next_message() is None
    return waited_ms


def hears(clock, ticks, trusted=True, trip_ms=20) -> None:
    asked_ms = ticks.now_ms
    ticks.now_ms += trip_ms
    clock.hear_hub(TimeReply(asked_ms, T_MS, T_MS, trusted))


def test_a_hub_that_does_not_know_the_time_yet_is_asked_again_soon():
    """After a power cut of the whole flat: every 10 s for two minutes, then every minute, until it knows."""
    clock, ticks = keeping()
    waits_ms = []
    for _ in range(15):
        waits_ms.append(ask(clock, ticks))
        hears(clock, ticks, trusted=False, trip_ms=0)
    assert waits_ms == [0] + [10_000] * 12 + [60_000] * 2
    ask(clock, ticks)
    hears(clock, ticks, trip_ms=0)
    assert isinstance(clock.next_message(), ClockProof)
    ticks.now_ms += ASK_EVERY_MS - 1
    assert isinstance(clock.next_message(), ClockProof)
    assert ask(clock, ticks) == 1


def test_an_answer_that_took_too_long_or_never_came_is_asked_for_again():
    """Three seconds on the way say too little; none at all says nothing."""
    clock, ticks = keeping()
    ask(clock, ticks)
    hears(clock, ticks, trip_ms=3000)
    assert ask(clock, ticks) == 7000
    assert ask(clock, ticks) == 10_000


def test_a_new_session_asks_at_once_and_often_again():
    """Another hub, another chance."""
    clock, ticks = keeping()
    for _ in range(20):
        ask(clock, ticks)
    clock.session_started()
    assert [ask(clock, ticks), ask(clock, ticks)] == [0, 10_000]


def test_a_battery_clock_that_answers_again_ends_its_alarm():
    """Silent when the centre's time is taken: told.  It takes the next one: over."""
    ticks, chip, told = Ticks(), Chip(), Told()
    clock = ClockKeeping(chip, told, Uptime(ticks))
    for silent in (True, False, True):
        chip.silent = silent
        clock.session_started()
        clock._needs_proof = True
        proof = clock.next_message()
        clock.take(clock.judge(SetClock(proof.nonce, T_MS // 1000 + 100 * silent)))
        assert (alarms.RTC in [detail for _, detail in told.ledger.alarms]) == silent


def test_a_restart_in_the_moment_when_the_time_comes_back_blames_the_clock():
    """The windows that went by were not slept through: the journal still says that the clock was not set."""
    chip, told = Chip(), Told()
    chip.utc = T_MS // 1000
    clock = ClockKeeping(chip, told, Uptime(Ticks()))
    clock.start()
    assert clock.not_offered() == CAUSE_WAS_OFF
    told.alarm(alarms.CLOCK)
    clock = ClockKeeping(chip, told, Uptime(Ticks()))
    clock.start()
    clock.tell_start()
    assert clock.not_offered() == CAUSE_UNTRUSTED_CLOCK
