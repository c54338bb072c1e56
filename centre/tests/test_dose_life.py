"""What the centre knows of a dose, in whatever order the news arrives."""

from hypothesis import given
from hypothesis import strategies as st

from centre.core.dose_life import DUE, ENDED, MISSED, PRESENTED, TAKEN, DoseState, hear
from protocol.dose_events import (
    CAUSE_MECHANISM,
    LATE_RETURNED,
    RELEASE_ASSISTED,
    RELEASE_EARLY,
    RELEASE_LATE,
    DoseDue,
    DoseMissed,
    DosePresented,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    LateRelease,
    PreAlarm,
    ReleaseIntended,
    ReminderRaised,
)

DOSE = bytes(16)
DAY = [DoseDue(DOSE, 1), ReminderRaised(DOSE, 1, 2), ReleaseIntended(DOSE, 1), DosePresented(DOSE, 1)]
EVENTS = st.sampled_from(
    [
        *DAY,
        PreAlarm(DOSE, 1, 9),
        ReleaseIntended(DOSE, 1, RELEASE_EARLY, 3),
        ReleaseIntended(DOSE, 1, RELEASE_LATE, 4),
        DosePresented(DOSE, 1, RELEASE_LATE),
        DoseTaken(DOSE, 1),
        DoseTaken(DOSE, 1, RELEASE_ASSISTED),
        DoseMissed(DOSE, 1, 5),
        DoseUncertain(DOSE, 1, 1),
        DoseWithheld(DOSE, 1, CAUSE_MECHANISM),
        LateRelease(DOSE, 1, 4, LATE_RETURNED),
    ]
)


def told(*bodies, start: DoseState | None = None) -> DoseState:
    known = start or DoseState()
    for at_s, body in enumerate(bodies, 1):
        known = hear(known, body, at_s)
    return known


def test_an_ordinary_day():
    """Due, presented and taken: each step is seen, and who allowed it only when somebody had to."""
    assert told(DAY[0]).state == DUE and told(*DAY).state == PRESENTED
    taken = told(*DAY, DoseTaken(DOSE, 1))
    assert (taken.state, taken.kind, taken.released) == (TAKEN, None, True)
    assert told(DoseTaken(DOSE, 1, RELEASE_ASSISTED)).kind == "assisted"


def test_a_late_release_never_changes_the_outcome():
    """A missed dose that was given late is still a missed dose, with how the late release ended beside it."""
    known = told(
        DoseMissed(DOSE, 1, 5),
        ReleaseIntended(DOSE, 1, RELEASE_LATE, 4),
        DosePresented(DOSE, 1, RELEASE_LATE),
        LateRelease(DOSE, 1, 4, LATE_RETURNED),
    )
    assert (known.state, known.kind, known.late_result, known.released) == (MISSED, "late", "returned", True)


@given(st.lists(EVENTS, max_size=12))
def test_the_first_outcome_stands(bodies):
    """Whatever is told of a dose, and in whatever order: once it has ended, its end never changes."""
    known = DoseState()
    for at_s, body in enumerate(bodies, 1):
        after = hear(known, body, at_s)
        if known.state in ENDED:
            assert (after.state, after.cause) == (known.state, known.cause)
        assert after.released >= known.released
        known = after


@given(st.permutations([*DAY, DoseTaken(DOSE, 1)]))
def test_the_news_of_one_day_end_alike_in_any_order(bodies):
    """A day's news that arrive in the wrong order end in the same place: taken, and released once."""
    known = told(*bodies)
    assert (known.state, known.released) == (TAKEN, True)
