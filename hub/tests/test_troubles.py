"""What is wrong with the hub itself: told once, remembered, and over when it is over."""

import pytest

from hub.core.troubles import LOW_FREE_BYTES, Facts, Troubles
from protocol.hub_events import (
    TROUBLE_CLOCK,
    TROUBLE_PATH,
    TROUBLE_POWER,
    TROUBLE_STORAGE,
    TROUBLE_TWIN,
    HubTrouble,
    HubTroubleOver,
)

NOW_S = 1_800_000_000
SOUND = {
    "path_up": True,
    "path_sentence": "Connected.",
    "under_voltage": False,
    "free_bytes": LOW_FREE_BYTES,
    "storage_fault": False,
    "set_aside": None,
    "clock_trusted": True,
}


def facts(**other):
    return Facts(**{**SOUND, **other})


def told(troubles, now_ms, **other):
    """What is told at this moment; each is stored at once."""
    news = troubles.news(facts(**other), NOW_S, now_ms)
    for body in news:
        troubles.told(body)
    return [(type(body), body.what) for body in news]


@pytest.mark.parametrize(
    ("what", "trouble", "lasts_ms", "over_ms"),
    [
        (TROUBLE_PATH, {"path_up": False}, 60_000, 0),
        (TROUBLE_POWER, {"under_voltage": True}, 0, 600_000),
        (TROUBLE_STORAGE, {"free_bytes": LOW_FREE_BYTES - 1}, 0, 60_000),
        (TROUBLE_STORAGE, {"storage_fault": True}, 0, 60_000),
        (TROUBLE_CLOCK, {"clock_trusted": False}, 600_000, 0),
        (TROUBLE_TWIN, {"taken_over": True}, 0, 0),
    ],
)
def test_a_trouble_that_lasts_is_told_once_and_its_end_once(what, trouble, lasts_ms, over_ms):
    """The centre hears of each trouble of a hub once, when it has lasted, and once that it is over."""
    troubles = Troubles()
    assert told(troubles, 0) == []
    if lasts_ms:
        assert told(troubles, 1, **trouble) == []
        assert told(troubles, lasts_ms, **trouble) == []
    assert told(troubles, lasts_ms + 1, **trouble) == [(HubTrouble, what)]
    assert told(troubles, lasts_ms + 2, **trouble) == []
    if over_ms:
        assert told(troubles, lasts_ms + 3) == []
        assert told(troubles, lasts_ms + 2 + over_ms) == []
    assert told(troubles, lasts_ms + 3 + over_ms) == [(HubTroubleOver, what)]
    assert troubles.standing == ()


def test_a_trouble_that_flickers_is_no_news():
    """A path that is back within the minute is not told, however often it goes."""
    troubles = Troubles()
    for now_ms in range(0, 600_000, 40_000):
        assert told(troubles, now_ms, path_up=False) == []
        assert told(troubles, now_ms + 20_000) == []


def test_what_could_not_be_stored_is_told_again():
    """A full disk cannot take the event that says so: it comes again until it is stored."""
    troubles = Troubles()
    first = troubles.news(facts(storage_fault=True), NOW_S, 0)
    again = troubles.news(facts(storage_fault=True), NOW_S + 5, 5_000)
    assert [body.since_s for body in first + again] == [NOW_S, NOW_S]
    assert troubles.standing == ()


def test_a_restart_does_not_tell_the_same_trouble_twice():
    """What was told before a restart is not told again, and its end is told by the hub that sees it."""
    before = Troubles()
    told(before, 0, free_bytes=0)
    after = Troubles(before.standing)
    assert told(after, 0, free_bytes=0) == []
    assert told(after, 1) == []
    assert told(after, 60_001) == [(HubTroubleOver, TROUBLE_STORAGE)]


def test_a_trouble_without_a_trusted_time_says_so():
    """A hub that does not know the time names no hour since when its path is gone."""
    troubles = Troubles()
    troubles.news(facts(path_up=False), 0, 0)
    (body,) = troubles.news(facts(path_up=False), 0, 60_000)
    assert (body.what, body.since_s) == (TROUBLE_PATH, 0)
