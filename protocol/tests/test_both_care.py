"""Pause, authorised release, cancel and acknowledge: their bounds and rules, on both interpreters."""

from protocol import commands, errors, events, link_messages
from protocol.load_plan import Dose
from protocol.record import U16_MAX, U32_MAX
from protocol.tests import samples
from protocol.tests.makers import code_of
from protocol.tests.samples import DOSE, MORNING_S

# A kind, arguments that it takes, and which of them (index) goes from where to where.
BOUNDS = (
    (events.ReleaseIntended, (DOSE, 3, 1, 1), ((1, 1, 56), (2, 1, 3), (3, 1, U32_MAX))),
    (events.DosePresented, (DOSE, 3, 1), ((1, 1, 56), (2, 1, 3))),
    (events.DoseTaken, (DOSE, 3, 1), ((1, 1, 56),)),
    (events.DoseWithheld, (DOSE, 3, 1), ((2, 1, 11),)),
    (events.LateRelease, (DOSE, 3, 1, 1), ((1, 1, 56), (2, 1, U32_MAX), (3, 1, 3))),
    (
        events.AuthorisationEnded,
        (1, 1, 1, 0, 0),
        ((0, 1, U32_MAX), (1, 1, 3), (2, 1, 4), (3, 0, 56), (4, 0, 56)),
    ),
    (events.PressRefused, (0,), ((0, 0, 11),)),
    (events.Paused, (1, 1), ((0, 1, U32_MAX), (1, 1, 3))),
    (events.Resumed, (1, 1), ((0, 1, U32_MAX), (1, 1, U32_MAX))),
    (events.Authorised, (1, 1, 1, 1), ((0, 1, U32_MAX), (1, 1, 3), (2, 1, U32_MAX), (3, 1, (1 << 56) - 1))),
    (events.AlarmAcknowledged, (1, 1), ((0, 1, U32_MAX), (1, 1, U16_MAX))),
    (events.AlarmRaised, (105, "", 1), ((0, 1, U16_MAX), (2, 1, 3))),
    (events.AlarmCleared, (105, ""), ((0, 1, U16_MAX),)),
    (events.CommandRefused, (1, 1, 1), ((2, 1, 30),)),
    (link_messages.Trusted, (0,), ((0, 0, 30),)),
    (commands.AuthoriseRelease, ((DOSE,), 1, 1), ((1, 1, 3), (2, 1, U32_MAX))),
    (commands.AuthoriseRelease, ((DOSE,), 1, 1, 1), ((3, 1, U32_MAX),)),
    (commands.Pause, (1,), ((0, 1, 3),)),
    (commands.Resume, (1,), ((0, 1, U32_MAX),)),
    (commands.AcknowledgeAlarm, (1,), ((0, 1, U16_MAX),)),
    (Dose, (DOSE, 1, MORNING_S, 0, 3600, 1, 0, "", 14400), ((6, 0, 5), (8, 3601, 86400))),
)


def _changed(arguments, index, value):
    return arguments[:index] + (value,) + arguments[index + 1 :]


def test_each_number_has_its_bounds():
    """The first and the last allowed number are taken, one less and one more are refused, never bent."""
    for kind, arguments, fields in BOUNDS:
        for index, low, high in fields:
            for value in (low, high):
                assert code_of(kind, *_changed(arguments, index, value)) == 0, (kind, index, value)
            for value in (low - 1, high + 1, -1):
                code = code_of(kind, *_changed(arguments, index, value))
                assert code == errors.OUT_OF_BOUNDS, (kind, index, value)


def test_each_field_has_its_kind():
    """Text for a number, a number for an id, true for 1: refused in every field, on every side."""
    bodies = [body for _, body in samples.FULLER_BODIES]
    bodies += list(samples.EVENT_BODIES) + [command.body for command in samples.COMMANDS]
    for body in bodies + [samples.TRIP_COMMAND.body]:
        fields = body.to_map()
        for key in fields:
            for wrong in (1, True, "1", b"1", [1], {1: 1}):
                if type(wrong) is not type(fields[key]):
                    changed = body.to_map()
                    changed[key] = wrong
                    code = code_of(type(body).from_map, changed)
                    assert code == errors.BAD_BYTES, (body, key, wrong)


def test_a_release_out_of_turn_names_its_command():
    """A release that the plan alone does not allow says who allowed it and by which signed command, or nothing."""
    plain = events.ReleaseIntended(DOSE, 3)
    assert (plain.kind, plain.counter) == (None, None)
    assert plain.to_map() == {1: DOSE, 2: 3}
    assert code_of(events.ReleaseIntended, DOSE, 3, events.RELEASE_EARLY) == errors.BAD_BYTES
    assert code_of(events.ReleaseIntended, DOSE, 3, None, 11) == errors.BAD_BYTES


def test_a_missed_dose_never_becomes_taken():
    """What is released late is told beside the outcome: no event says that a late dose is taken."""
    assert code_of(events.DoseTaken, DOSE, 3, events.RELEASE_EARLY) == 0
    assert code_of(events.DoseTaken, DOSE, 3, events.RELEASE_LATE) == errors.OUT_OF_BOUNDS
    assert code_of(events.DoseTaken, DOSE, 3, events.RELEASE_ASSISTED) == 0


def test_a_need_for_an_assistant_withholds_nothing():
    """That a dose waits for its assistant is said at a press; it is no cause of its outcome."""
    assert code_of(events.PressRefused, events.REFUSED_ASSISTED) == 0
    assert code_of(events.DoseWithheld, DOSE, 3, events.REFUSED_ASSISTED) == errors.OUT_OF_BOUNDS


def test_an_authorisation_names_each_dose_once():
    """From 1 to 56 doses, each by its whole id and only once."""
    ids = [bytes([number]) * 16 for number in range(1, 58)]
    assert code_of(commands.AuthoriseRelease, ids[:56], events.RELEASE_EARLY, MORNING_S) == 0
    for wrong in ([], ids, [ids[0], ids[1], ids[0]], [DOSE[:15]]):
        code = code_of(commands.AuthoriseRelease, wrong, events.RELEASE_EARLY, MORNING_S)
        assert code == errors.OUT_OF_BOUNDS, wrong
    assert code_of(commands.AuthoriseRelease, DOSE, events.RELEASE_EARLY, MORNING_S) == errors.BAD_BYTES
    assert code_of(commands.AuthoriseRelease, [5], events.RELEASE_EARLY, MORNING_S) == errors.BAD_BYTES


def test_only_an_early_release_is_for_a_trip():
    """How long a trip lasts belongs to a release before its time, and to no other."""
    for kind, code in (
        (events.RELEASE_EARLY, 0),
        (events.RELEASE_LATE, errors.OUT_OF_BOUNDS),
        (events.RELEASE_ASSISTED, errors.OUT_OF_BOUNDS),
    ):
        assert code_of(commands.AuthoriseRelease, [DOSE], kind, MORNING_S, MORNING_S + 1) == code
        assert code_of(commands.AuthoriseRelease, [DOSE], kind, MORNING_S) == 0


def test_an_alarm_ends_alone_or_with_all_its_kind():
    """An alarm ends under its own words; without words, everything under that number is over."""
    assert events.AlarmCleared(105).detail is None
    assert events.AlarmCleared(105, "").to_map() == {1: 105, 2: ""}
    for wrong in ("x" * 65, "two\nlines"):
        assert code_of(events.AlarmCleared, 105, wrong) == errors.OUT_OF_BOUNDS


def test_a_cancelled_dose_is_named_whole():
    """Which dose is cancelled is never guessed from a part of its id."""
    assert code_of(commands.CancelDose, DOSE) == 0
    assert code_of(commands.CancelDose, DOSE[:15]) == errors.OUT_OF_BOUNDS
