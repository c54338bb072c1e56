"""Which screen, light and tone each state has."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.core.wall_clock import local_time
from firmware.ui import lights, screens, states, tones


def pulses(pattern):
    return [(hz, ms, level) for hz, ms, level in pattern if hz]


def test_a_dose_that_is_due_breathes_and_sounds_softly():
    """When a dose falls due the button breathes, the tone is soft, and the panel says what to do."""
    due = screens.screen(states.DUE, 1, "en")

    assert due.lines == ["*Time for", "*medicine", "Press the button"]
    assert (due.light, due.tone) == (lights.BREATHE, tones.reminder(1))


def test_a_late_dose_blinks_and_grows_louder():
    """From the second reminder on the button blinks, and each reminder is louder than the one before."""
    views = [screens.screen(states.DUE, stage) for stage in (1, 2, 3, 4)]

    assert [view.light for view in views[1:]] == [lights.BLINK] * 3
    assert all(
        quiet < loud for quiet, loud in pairwise(max(level for _, _, level in view.tone) for view in views)
    )


def test_quiet_hours_cap_the_tone():
    """In quiet hours even the last reminder is 10 dB below the loudest."""
    tone = screens.screen(states.DUE, 4, quiet=True).tone

    assert max(level for _, _, level in tone) == screens.QUIET_LEVEL


@pytest.mark.parametrize("state", [states.IDLE, states.LOCKED, states.FAULT, states.TAKEN, states.UNCERTAIN])
def test_the_device_does_not_nag_when_there_is_nothing_to_do(state):
    """Nothing sounds when the patient has nothing to do; a fault is a steady low light."""
    assert screens.screen(state).tone == tones.SILENT
    assert screens.screen(states.FAULT).light == lights.LOW


@pytest.mark.parametrize("tone", [*map(tones.reminder, (1, 2, 3, 4)), tones.READY])
def test_a_reminder_is_no_alarm_and_no_fire_signal(tone):
    """Pulses are longer than those of a medical alarm, never in bursts of three or ten, never 0.5 s long."""
    lengths = {ms for _, ms, _ in pulses(tone)}

    assert min(lengths) > 250  # IEC 60601-1-8: 75 to 250 ms
    assert 500 not in lengths  # ISO 8201
    assert len(pulses(tone)) not in (3, 5, 10)
    assert {hz for hz, _, _ in pulses(tone)} == {520, 660}
    assert sum(ms for _, ms, _ in tone) == 15_000


ALARMS = {
    1: {"pulses": 1, "ms": (125, 250), "every_ms": (15_000, 10**9)},
    2: {"pulses": 3, "ms": (125, 250), "every_ms": (2_500, 30_000)},
    3: {"pulses": 10, "ms": (75, 200), "every_ms": (2_500, 15_000)},
}


@pytest.mark.parametrize("priority", ALARMS)
def test_an_alarm_sounds_as_its_urgency_asks(priority):
    """One, three or ten short pulses, as far apart as the standard for medical alarms says, and no reminder's pitch."""
    tone, bounds = tones.alarm(priority), ALARMS[priority]
    sounding = pulses(tone)

    assert len(sounding) == bounds["pulses"]
    assert all(bounds["ms"][0] <= ms <= bounds["ms"][1] for _, ms, _ in sounding)
    assert bounds["every_ms"][0] <= tone[-1][1] <= bounds["every_ms"][1]
    assert {hz for hz, _, _ in sounding}.isdisjoint({hz for hz, _, _ in tones.reminder(1)})
    assert all(50 <= ms <= 1300 for hz, ms, _ in tone[:-1] if not hz)


def test_a_high_alarm_has_ten_pulses_in_two_fives():
    """Half a second between the fifth and the sixth, as nurses know it."""
    gaps = [ms for hz, ms, _ in tones.alarm(3) if not hz][:-1]

    assert gaps == [100, 100, 100, 100, 500, 100, 100, 100, 100]


@pytest.mark.parametrize("state", screens.OF_A_DOSE)
@pytest.mark.parametrize("priority", [1, 2])
def test_a_dose_is_never_hidden_by_what_can_wait(state, priority):
    """A low or medium alarm changes nothing of a dose that is to be had: its words, light and tone stay."""
    plain = screens.screen(state, 1)
    view = screens.screen(state, 1, signal=(priority, priority, False))

    assert (view.lines, view.light, view.tone) == (plain.lines, plain.light, plain.tone)


@pytest.mark.parametrize("state", screens.STATES)
def test_a_high_alarm_is_heard_and_seen_over_everything(state):
    """Whatever is on the panel, also at night: ten pulses, and light at 2 Hz and full."""
    view = screens.screen(state, 1, quiet=True, signal=(3, 3, False))

    assert view.tone == tones.alarm(3)
    assert view.light == lights.ALARM_FAST
    assert not view.night


@pytest.mark.parametrize("state", [states.LID_OPEN, states.TILTED, states.BATTERY])
@pytest.mark.parametrize("language", ["nb", "nn", "se", "en"])
def test_a_silenced_alarm_says_that_it_is_silenced(state, language):
    """Where a medium alarm can sound, the panel has room for "the sound is off", and says so."""
    view = screens.screen(state, language=language, signal=(2, 0, True))

    assert view.lines[-1] == screens.words_of(language)["sound_off"]
    assert len(view.lines) <= 3
    assert (view.light, view.tone) == (lights.ALARM_SLOW, tones.SILENT)


@given(
    st.sampled_from(
        [
            lights.DARK,
            lights.ALARM_SLOW,
            lights.ALARM_FAST,
            lights.BREATHE,
            lights.BLINK,
            lights.STEADY,
            lights.LOW,
        ]
    ),
    st.integers(0, 10**9),
)
def test_the_light_is_within_its_bounds_and_tenfold_weaker_at_night(pattern, elapsed_ms):
    """Whatever the pattern and the moment, the lamp is between dark and full, and at night a tenth of that."""
    level = lights.light_level(pattern, elapsed_ms)

    assert 0 <= level <= 1000
    assert lights.light_level(pattern, elapsed_ms, night=True) == level // 10


@pytest.mark.parametrize(
    ("pattern", "period_ms"),
    [
        (lights.BREATHE, 2000),
        (lights.BLINK, 1000),
        (lights.ALARM_SLOW, 2000),
        (lights.ALARM_FAST, 500),
    ],
)
def test_the_light_never_flickers(pattern, period_ms):
    """Breathing takes two seconds, blinking one, the fastest alarm half of one: slower than flicker that can harm."""
    levels = [lights.light_level(pattern, at_ms) for at_ms in range(0, 2 * period_ms, 10)]
    rises = sum(1 for before, after in pairwise([*levels, levels[0]]) if before < 500 <= after)

    assert rises == 2


@given(st.integers(1_700_000_000, 1_900_000_000), st.integers(0, 6 * 86400), st.sampled_from([3600, 7200]))
def test_the_next_dose_is_shown_on_the_right_day(now_s, ahead_s, offset_s):
    """Day and time of the next dose are those of a wall clock in the patient's home."""
    days, weekday, minute = local_time(now_s + ahead_s, now_s, offset_s, offset_s)

    home = [
        datetime.fromtimestamp(at_s, UTC) + timedelta(seconds=offset_s) for at_s in (now_s, now_s + ahead_s)
    ]
    assert days == (home[1].date() - home[0].date()).days
    assert (weekday, minute) == (home[1].weekday(), home[1].hour * 60 + home[1].minute)


def test_while_waiting_the_panel_says_when_the_next_dose_comes():
    """Waiting shows the next dose's time and day, in the patient's words."""
    assert screens.screen(states.IDLE, language="nb", next_due=(1, 2, 485)).lines == [
        "Neste medisin", "*08:05", "i morgen",
    ]  # fmt: skip
    assert screens.screen(states.IDLE, language="nn", next_due=(3, 0, 1200)).lines[2] == "på måndag"


def test_a_silent_patient_has_words_for_each_thing_that_is_not_a_dose():
    """Pause, nurse, trip, tilt, power, stock: full calm words, and no sound of their own."""
    for state in screens.STATES:
        if state not in (states.DUE, states.DUE_ELSEWHERE, states.PRESENTED):
            assert screens.screen(state, 1).tone == tones.SILENT
    assert screens.screen(states.PAUSED, language="nb").lines == ["*Pause", "Du får ingen", "medisin nå"]
    assert screens.screen(states.PAUSED).light == lights.DARK
    assert screens.screen(states.TRAVEL, language="nb").lines == ["*Trykk for", "*neste dose", "Til reisen"]


def test_a_dose_a_week_away_is_not_named_by_its_hour():
    """A bare "08:00" that means next week would mislead: all is well, and no more."""
    assert screens.screen(states.IDLE, next_due=(8, 2, 480)).lines == ["*All is well", "No medicine now"]


@pytest.mark.parametrize("wrong", [{"state": "menu"}, {"stage": 5}, {"language": "sv"}])
def test_an_unknown_state_stage_or_language_is_refused(wrong):
    """What the catalogue does not hold is an error, not an empty screen."""
    with pytest.raises(ValueError):
        screens.screen(**{"state": states.DUE, **wrong})
