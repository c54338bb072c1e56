"""Which pattern a room hears."""

import pytest

from tools.emulator.ear import Ear


def listened(*rows: tuple[int, int], hz: int = 392) -> Ear:
    """rows: (ms of tone, ms of silence after it)."""
    ear, now_ms = Ear(), 0
    for on_ms, off_ms in rows:
        ear.hear({"t_ms": now_ms, "on": True, "hz": hz})
        ear.hear({"t_ms": now_ms + on_ms, "on": False, "hz": 0})
        now_ms += on_ms + off_ms
    return ear


def heard(*rows: tuple[int, int], at_ms: int) -> str:
    """The pattern that is known at this moment."""
    return listened(*rows).pattern(at_ms)


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        ([(150, 100)] * 4 + [(150, 500)] + [(150, 100)] * 5, "high"),
        ([(200, 200)] * 3, "medium"),
        ([(200, 0)], "low"),
        ([(300, 200)] * 4, "reminder"),
        ([(300, 200)] * 2, "ready"),
        ([(500, 500)] * 3, "other"),
    ],
)
def test_each_pattern_is_known_by_its_pulses(rows, name):
    """A nurse who hears it knows how urgent it is."""
    assert heard(*rows, at_ms=sum(on + off for on, off in rows) + 2000) == name


def test_half_a_burst_is_not_judged():
    """Three of ten pulses are no medium alarm: what is heard is what was heard before."""
    assert heard((200, 3000), *[(150, 100)] * 3, at_ms=4000) == "low"


def test_what_was_long_ago_is_silence():
    """After 25 s without a tone nothing sounds."""
    assert heard((200, 0), at_ms=30_000) == "silent"
    assert Ear().pattern(0) == "silent"


def test_what_was_heard_stays_counted():
    """However late somebody asks, each whole burst was heard once; one that may go on is not yet."""
    ear = listened((200, 3000), (200, 30_000), *[(300, 200)] * 4, (200, 0))

    assert ear.counts(36_000) == {"low": 2}
    assert ear.counts(3_600_000) == {"low": 2, "other": 1}
    assert ear.counts(3_600_000) == {"low": 2, "other": 1}

    ear.hear({"t_ms": 3_600_000, "on": True, "hz": 392})
    ear.deaf()
    assert ear.counts(7_200_000) == {"low": 2, "other": 1}
