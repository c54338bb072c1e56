"""Whatever happened, and in whatever order, the board can say it in every language."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centre.board.show import Shower
from centre.board.words import LANGUAGES, Words
from centre.core import alarms
from centre.core.alarms import News
from centre.core.kinds import KINDS
from centre.core.rules import DoseFacts, Raise, signals
from centre.edges.alarm_store import AlarmRow
from centre.tests.conftest import NOON
from protocol import device_events as told
from protocol import dose_events, errors, hub_events
from protocol.commands import SetClock
from protocol.events import CLOCK_SYNCED, Event
from protocol.refill_commands import RevokeCredential

OSLO = ZoneInfo("Europe/Oslo")
DOSE, DEVICE = bytes(16), bytes(8)
DOSES = st.sampled_from(
    [
        dose_events.PreAlarm(DOSE, 2, NOON + 600),
        dose_events.LateRelease(DOSE, 2, 4, dose_events.LATE_UNCERTAIN),
        dose_events.DoseMissed(DOSE, 2, NOON),
        *[dose_events.DoseUncertain(DOSE, 2, cause) for cause in (1, 2, 3)],
        *[dose_events.DoseWithheld(DOSE, 2, cause) for cause in (1, 2, 3, 4, 8, 9)],
    ]
)
OTHERS = st.one_of(
    st.builds(told.AlarmRaised, st.integers(1, 200), st.just("{detail} with braces")),
    st.builds(told.AlarmRaised, st.just(112), st.integers(0, 3).map(lambda days: f"{days} days left")),
    st.builds(
        told.CommandRefused,
        st.integers(0, 9),
        st.integers(0, 30).filter(lambda command: command != SetClock.TYPE),
        st.sampled_from(sorted(set(errors.REFUSALS) - {errors.NO_SUCH_CREDENTIAL})),
    ),
    st.builds(hub_events.DeviceLost, st.just(DEVICE), st.integers(0, NOON)),
    st.builds(told.JournalDamaged, st.integers(0, 9), st.integers(0, 9)),
)
FACTS = st.sampled_from(
    [
        None,
        DoseFacts("Morning", False, NOON),
        DoseFacts("", True, NOON),
        DoseFacts("Drops", False, NOON, message_only=True),
        DoseFacts("Evening", False, NOON, assisted=True),
    ]
)


def raised(body, dose) -> Raise:
    event = Event(DEVICE, 1, bytes(16), NOON, CLOCK_SYNCED, 1, 1, body)
    (news,) = signals(event, dose, answered=False)
    assert isinstance(news, Raise)
    return news


def shown(news: Raise, alarm: alarms.Alarm) -> None:
    kind = KINDS[alarm.kind]
    row = AlarmRow(1, DEVICE.hex(), news.cause, news.code or kind.code, kind.owner, 1, alarm, news.facts)
    for language in LANGUAGES:
        item = Shower(Words(language), {}, OSLO, NOON).alarm(row)
        assert item.what and item.title and "{" not in item.what.replace("{detail}", "")


@pytest.mark.parametrize(
    "body",
    [
        told.CommandRefused(1, RevokeCredential.TYPE, errors.NO_SUCH_CREDENTIAL),
        told.CommandRefused(1, SetClock.TYPE, errors.OLD_COUNTER),
        told.CommandRefused(1, SetClock.TYPE, errors.EXPIRED),
    ],
)
def test_a_refusal_that_harms_nobody_calls_nobody(body):
    """A credential that is gone already, a time that is asked for anew: no row on the board."""
    assert signals(Event(DEVICE, 1, bytes(16), NOON, CLOCK_SYNCED, 1, 1, body), None, answered=False) == []


@given(st.lists(st.tuples(DOSES, FACTS), min_size=1, max_size=5))
def test_every_history_of_a_dose_can_be_said(history):
    """Early warning, miss, doubt and refusal of one dose, in any order, always end in a sentence."""
    words = raised(*history[0])
    alarm = alarms.raise_new(News(words.kind, NOON, words.priority, words.deadline_s))
    for body, dose in history[1:]:
        news = raised(body, dose)
        alarm, verb = alarms.hear(alarm, News(news.kind, NOON, news.priority, news.deadline_s))
        words = news if verb == alarms.WORSE else words
    shown(words, alarm)


@given(OTHERS)
def test_every_fault_can_be_said(body):
    """Every fault, refusal or lost contact, known or new, is a sentence and not a failure of the board."""
    news = raised(body, None)
    shown(news, alarms.raise_new(News(news.kind, NOON, news.priority, news.deadline_s)))
