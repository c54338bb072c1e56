"""Which version starts: the boot record and the choice, without a board."""

import itertools

import pytest

from firmware.loader.choosing import choose, rebuilt
from firmware.loader.record import (
    TRIES,
    BootRecord,
    confirmed,
    decode,
    encode,
    first,
    gone_back,
    installed,
    orderly,
    prepared,
    started,
)

OLD, NEW = b"o" * 32, b"n" * 32


def on_trial() -> BootRecord:
    """Version 5 runs in a; version 6 lies in b and starts next."""
    return installed(prepared(first("a", 5, OLD), "b"), "b", 6, NEW)


def starts(record: BootRecord, n: int) -> list[str | None]:
    """The slots that n starts in a row start, when nobody confirms."""
    slots = []
    for _ in range(n):
        record, slot = choose(record, lambda slot: True)
        slots.append(slot)
    return slots


def test_a_new_version_that_is_not_confirmed_starts_three_times_and_then_the_old_one_is_back() -> None:
    """An update that nobody confirms is tried at three starts; from the fourth on the old version runs, for good."""
    assert starts(on_trial(), 6) == ["b"] * TRIES + ["a"] * 3


def test_a_confirmed_version_stays() -> None:
    """After the confirmation the new version starts every time, and the old one waits beside it."""
    record, _ = choose(on_trial(), lambda slot: True)
    record = confirmed(record)

    assert starts(record, 10) == ["b"] * 10
    assert (record.highest, record.other_usable) == (6, True)


def test_a_version_that_went_back_is_named_until_it_is_told() -> None:
    """The old version knows which one was given up, so that it can report it; the failed one is not started again."""
    record = gone_back(on_trial())

    assert (record.active, record.failed, record.other_usable, record.highest) == ("a", 6, False, 5)
    with pytest.raises(ValueError, match="no version to go back to"):
        gone_back(record)


def test_a_version_that_was_given_up_starts_when_it_is_the_only_whole_one() -> None:
    """The old version is damaged and the new one was given up, but is whole: it starts rather than none, on trial."""
    record, slot = choose(gone_back(on_trial()), lambda slot: slot == "b")

    assert slot == "b" and not record.confirmed and record.highest == 5
    assert starts(record, 5) == ["b"] * 5


def test_an_orderly_restart_is_no_failure() -> None:
    """Restarts that a technician asks for do not use up the tries of a new version."""
    record = on_trial()
    for _ in range(10):
        record = orderly(started(record))

    assert record == on_trial()


def test_a_slot_that_is_being_written_is_not_started() -> None:
    """From the moment on in which the other slot is about to be written, a start takes the running version or none."""
    record = prepared(confirmed(started(on_trial())), "a")

    assert starts(record, 3) == ["b"] * 3
    assert choose(record, lambda slot: slot == "a")[1] is None


@pytest.mark.parametrize("change", [prepared, lambda record, slot: installed(record, slot, 7, NEW)])
def test_the_running_version_is_never_overwritten(change) -> None:
    """Neither preparing nor switching takes the slot that runs."""
    with pytest.raises(ValueError, match="not overwritten"):
        change(first("a", 5, OLD), "a")


def test_a_damaged_version_is_left_for_the_other() -> None:
    """When the flash has lost bits of the running version, the next start runs the other one, or says none is left."""
    record = confirmed(started(on_trial()))

    left, slot = choose(record, lambda slot: slot == "a")
    assert (slot, left.active, left.failed) == ("a", "a", 6)
    assert choose(left, lambda slot: False)[1] is None


def test_without_a_record_the_newest_whole_version_starts_on_trial() -> None:
    """Both copies of the record damaged: the newer version starts and must prove itself; the older is behind it."""
    record = rebuilt({"a": (6, NEW), "b": (5, OLD)})

    assert record is not None
    assert starts(record, 4) == ["a", "a", "a", "b"]
    assert record.highest == 5
    alone = rebuilt({"b": (5, OLD)})
    assert alone is not None
    assert (alone.active, alone.confirmed, alone.highest) == ("b", True, 5)
    assert rebuilt({}) is None


def test_every_flipped_bit_of_a_copy_is_noticed(record_property) -> None:
    """A copy in which any single bit is wrong, or that is shorter, is no copy."""
    data = encode(on_trial(), 7)
    assert decode(data) == (7, on_trial())
    for at, bit in itertools.product(range(len(data)), range(8)):
        assert decode(data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]) is None
    assert all(decode(data[:length]) is None for length in range(len(data)))
    record_property("count", f"{len(data) * 8} flipped bits and {len(data)} shortened boot records noticed")
