"""Keypad, tag reader and occupancy sensor: the drivers on the emulated chips."""

import pytest

UID, OTHER = "04a1b2c3d4e5f6", "0a0b0c0d"
DATA = bytes(range(48)).hex()


@pytest.mark.parametrize("at_ms", [1050, 1400, 1800])
def test_a_tap_is_noticed_by_who_looks_once_a_second(trial, at_ms):
    """A key tapped for 0.15 s between two looks is told at the next look, and then no more."""
    told = trial("looked_at_each_second").run((at_ms, "key", {"keys": "#"}), for_ms=12_000)

    assert [keys for keys in told if keys] == [1 << 11] or told.count(1 << 11) == 2
    assert told[6:] == [0, 0, 0, 0]


def test_every_key_is_told_once_and_in_order(trial):
    """Twelve keys typed at a good pace come as they were typed, a doubled digit twice."""
    assert trial("typed").run((500, "key", {"keys": "4402163*#"}), for_ms=8_000) == [
        4, 4, 0, 2, 1, 6, 3, 10, 11,
    ]  # fmt: skip


def test_a_keypad_that_does_not_answer_types_nothing(trial):
    """A broken keypad is a silent one: no key, and no error."""
    told = trial("typed").run((100, "keypad", {"ok": False}), (500, "key", {"keys": "123"}), for_ms=8_000)
    assert told == []


def test_a_tag_is_read_while_it_lies_there(trial):
    """Number and pages of a tray's tag, only the number of another card, and nothing when it is taken away."""
    seen = trial("tags").run(
        (1000, "tag", {"uid": UID, "data": DATA}),
        (4000, "tag", {"uid": None}),
        (6000, "tag", {"uid": OTHER}),
        for_ms=15_000,
    )
    told = [found for found in seen if found is not None]

    assert seen[0] is None
    assert [UID, DATA] in told and [OTHER, ""] in told
    assert all(found in ([UID, DATA], [OTHER, ""]) for found in told)
    assert None in seen[seen.index([UID, DATA]) : seen.index([OTHER, ""])]


def test_a_reader_that_comes_back_reads_again(trial):
    """Without the reader nobody is there; when it answers again it is set up anew and reads."""
    seen = trial("tags").run(
        (10, "tag", {"uid": UID, "data": DATA}),
        (2000, "nfc", {"ok": False}),
        (5000, "nfc", {"ok": True}),
        for_ms=15_000,
    )
    assert [UID, DATA] in seen[:4] and None in seen and seen[-1] == [UID, DATA]


def test_the_sensor_tells_full_from_empty(trial):
    """One tablet, none, many, none: each is seen from below; a sensor that fails says that it does not know."""
    seen = trial("compartments").run(
        (1, "fill", {"slots": {"1": 1, "3": 8}}), (4000, "occupancy", {"ok": False}), for_ms=12_000
    )
    assert seen[:4] == [True, False, True, False]
    assert seen[-1] is None
