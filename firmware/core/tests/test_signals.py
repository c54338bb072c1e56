"""What is seen and heard at home of an alarm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core import alarms
from firmware.core.signals import AT_HOME, CHIME_MS, HIGH, LOW, MEDIUM, NONE, PAUSE_MS, Signals

NO_MAINS, LID, LEANS = (alarms.NO_MAINS, ""), (alarms.LID_OPEN, ""), (alarms.TILTED, alarms.LEANING)
FORCED = (alarms.BREAK_IN, alarms.FORCED)


def heard(signals, rows, at_ms=0, acknowledged=(), quiet=False):
    signal = signals.now(rows, acknowledged, quiet, at_ms)
    return signal.light, signal.sound, signal.paused


def test_a_low_alarm_sounds_once_and_stays_to_be_seen():
    """The plug is out: one chime, then only light."""
    signals = Signals()
    assert heard(signals, (NO_MAINS,)) == (LOW, LOW, False)
    assert heard(signals, (NO_MAINS,), CHIME_MS) == (LOW, NONE, False)
    assert heard(signals, (), CHIME_MS) == (NONE, NONE, False)


def test_a_press_silences_a_medium_alarm_for_half_an_hour():
    """Somebody has heard it; the light stays, the panel says that the sound is off, and it comes again."""
    signals = Signals()
    assert heard(signals, (LID,)) == (MEDIUM, MEDIUM, False)
    signals.pressed(1000)
    assert heard(signals, (LID,), 2000) == (MEDIUM, NONE, True)
    assert heard(signals, (LID,), 1000 + PAUSE_MS - 1) == (MEDIUM, NONE, True)
    assert heard(signals, (LID,), 1000 + PAUSE_MS) == (MEDIUM, MEDIUM, False)


def test_a_new_alarm_ends_the_pause():
    """The lid's alarm is silenced; the unit is tilted: it sounds again."""
    signals = Signals()
    heard(signals, (LID,))
    signals.pressed(0)
    assert heard(signals, (LID, LEANS), 1000) == (MEDIUM, MEDIUM, False)


def test_the_old_alarm_alone_does_not_end_the_pause():
    """One of two ends: what is left was silenced, and stays so."""
    signals = Signals()
    heard(signals, (LID, LEANS))
    signals.pressed(0)
    assert heard(signals, (LID,), 1000) == (MEDIUM, NONE, True)


def test_a_high_alarm_is_never_silenced_at_home():
    """Neither a press nor the night silences it; only the centre's acknowledgement does."""
    signals = Signals()
    heard(signals, (FORCED,))
    signals.pressed(0)
    assert heard(signals, (FORCED,), 1000, quiet=True) == (HIGH, HIGH, False)
    assert heard(signals, (FORCED,), 2000, acknowledged=(alarms.BREAK_IN,)) == (NONE, NONE, False)


@pytest.mark.parametrize("row", [NO_MAINS, LID])
def test_at_night_low_and_medium_are_seen_and_not_heard(row):
    """Quiet hours: light, no sound."""
    light, sound, _ = heard(Signals(), (row,), quiet=True)
    assert light != NONE
    assert sound == NONE


def test_what_only_the_centre_can_answer_makes_no_noise_at_home():
    """Few doses left, an empty tray, a fault inside: nothing blinks or sounds at the patient's."""
    rows = ((alarms.LOW_STOCK, "3 days left"), (alarms.EMPTY, ""), (alarms.TECHNICAL, alarms.JOURNAL))
    assert heard(Signals(), rows) == (NONE, NONE, False)


ROWS = st.lists(st.sampled_from([NO_MAINS, LID, LEANS, FORCED, (alarms.EMPTY, "")]), unique=True).map(tuple)


@given(st.lists(st.tuples(ROWS, st.booleans(), st.booleans(), st.integers(1, 4_000_000)), max_size=15))
def test_in_any_history_high_sounds_and_a_pause_is_shown(history):
    """Whatever is pressed and whenever: high is heard, and medium is either heard, at night, or told to be silenced."""
    signals, now_ms = Signals(), 0
    for rows, press, quiet, passed_ms in history:
        now_ms += passed_ms
        if press:
            signals.pressed(now_ms)
        signal = signals.now(rows, (), quiet, now_ms)
        urgent = max([alarms.priority(*row) for row in rows if row[0] in AT_HOME], default=NONE)
        assert signal.light == urgent
        if urgent == HIGH:
            assert signal.sound == HIGH
        if urgent == MEDIUM:
            assert signal.sound == MEDIUM or quiet or signal.paused
        assert not (signal.paused and signal.sound)
