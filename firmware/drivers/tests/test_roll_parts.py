"""Label reader, drawer and counter without a board: whatever bytes and edges come, nothing is made up."""

import asyncio

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from firmware.drivers.chamber import Chamber
from firmware.drivers.drawer import EMPTY_MS, Drawer
from firmware.drivers.label_reader import DONE, MOST_BYTES, MOST_LETTERS, LabelReader, label_of


@pytest.fixture(autouse=True)
def micropython_s_asyncio(monkeypatch):
    """CPython's has no sleep_ms; here no time passes in it."""
    monkeypatch.setattr(asyncio, "sleep_ms", lambda ms: asyncio.sleep(0), raising=False)


class Clock:
    """Milliseconds that pass when a test lets them."""

    now = 0

    def ms(self):
        return self.now

    def elapsed_ms(self, since_ms):
        return self.now - since_ms


class Pin:
    """A level, and who wants to hear of its edges."""

    silent = False

    def __init__(self, level):
        self.level, self.heard = level, None

    def value(self, level=None):
        self.level = self.level if level is None else level
        return self.level

    def irq(self, handler, trigger):
        self.heard = handler

    def edge(self, level):
        self.level = level
        self.heard(self)


class Module:
    """A UART at which a barcode module answers every command with these bytes, as many at a time as fit."""

    def __init__(self, answers):
        self.answers, self.waiting, self.most = list(answers), b"", 0

    def write(self, data):
        self.waiting += self.answers.pop(0) if self.answers else b""

    def read(self, count=None):
        data, self.waiting = self.waiting[:count], self.waiting[len(self.waiting[:count]) :]
        self.most = max(self.most, len(data))
        return data or None


class PassingClock(Clock):
    """Each look at it takes a while, so that nothing waits for ever."""

    def elapsed_ms(self, since_ms):
        self.now += 50
        return self.now - since_ms


def read(*answers):
    return asyncio.run(LabelReader(Module(answers), PassingClock()).read())


def test_a_label_comes_after_the_module_s_own_answer_with_any_line_end():
    """CR, LF or both; with or without the answer before it."""
    for before in (b"", DONE, DONE + DONE):
        for end in (b"\r", b"\n", b"\r\n"):
            assert label_of(before + b"4711-003" + end) == "4711-003"
    assert read(DONE, DONE + b"4711-003\r") == "4711-003"


def test_half_a_label_is_no_label():
    """Without its line end it may go on; with letters that no label has, or too many, it is none."""
    assert label_of(b"4711-003") is None
    assert label_of(b"4711 003\r") is None
    assert label_of(b"4711-003\xe9\r") is None
    assert label_of(b"\r4711-003\r") is None
    assert label_of(b"4" * (MOST_LETTERS + 1) + b"\r") is None
    assert label_of(b"4" * MOST_LETTERS + b"\r") == "4" * MOST_LETTERS


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=80), max_size=4))
def test_whatever_a_module_says_is_a_label_or_nothing(answers):
    """Noise, other modules, megabytes: an answer in bounded time and memory, and only printable letters."""
    module = Module(answers)
    label = asyncio.run(LabelReader(module, PassingClock()).read())
    assert label is None or (0 < len(label) <= MOST_LETTERS and label.isascii() and label.isprintable())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=MOST_BYTES))
def test_any_bytes_are_judged_without_error(heard):
    """Whatever was heard: a label of letters, or none."""
    label = label_of(DONE + heard)
    assert label is None or label.encode() in heard


def test_a_label_that_comes_too_late_is_not_the_next_one_s():
    """What still waits from before is thrown away before a new label is asked for."""
    module = Module([DONE, DONE + b"4711-002\r"])
    module.waiting = b"4711-001\r"
    assert asyncio.run(LabelReader(module, PassingClock()).read()) == "4711-002"


def test_a_pouch_that_is_lifted_and_falls_back_is_not_taken():
    """It must be away for half a second; then it is told once."""
    pin, clock = Pin(0), Clock()
    drawer = Drawer(pin, pin, clock)
    drawer.filled = True
    for level, wait_ms, taken in ((0, 5000, False), (1, 0, False), (1, EMPTY_MS - 1, False), (0, 1, False)):
        pin.level, clock.now = level, clock.now + wait_ms
        assert drawer.poll() is taken
    pin.level = 1
    assert drawer.poll() is False
    clock.now += EMPTY_MS
    assert (drawer.poll(), drawer.poll(), drawer.filled) == (True, False, False)


def test_an_expander_that_does_not_answer_takes_no_dose():
    """Its inputs read as if the drawer were empty; nobody has taken anything by that."""
    pin, clock = Pin(1), Clock()
    pin.silent = True
    drawer = Drawer(pin, pin, clock)
    drawer.filled = True
    for _ in range(5):
        clock.now += EMPTY_MS
        assert drawer.poll() is False
    assert drawer.filled


def fell(*edges):
    """How many pouches a chamber counts for edges (ms since the last one, level) of its beam."""
    beam, clock = Pin(0), Clock()
    chamber = Chamber(beam, Pin(0), clock, 3)

    dropping = chamber.drop()
    dropping.send(None)  # up to where it waits for what falls
    for wait_ms, level in edges:
        clock.now += wait_ms
        beam.edge(level)
    try:
        while True:
            dropping.send(None)
    except StopIteration as end:
        return end.value


def test_a_pouch_that_turns_in_the_beam_is_one():
    """A fold lets light through for a moment: still one pouch.  A fly is none, and two pouches are two."""
    assert fell((100, 1), (40, 0)) == 1
    assert fell((100, 1), (20, 0), (20, 1), (20, 0)) == 1
    assert fell((100, 1), (40, 0), (60, 1), (40, 0)) == 2
    assert fell((100, 1), (5, 0)) == 0
    assert fell((100, 1)) == 0
