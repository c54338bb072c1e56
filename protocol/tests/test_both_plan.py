"""What a load plan may hold, on both interpreters."""

from protocol import cbor, commands, errors, link_messages
from protocol.errors import MessageError
from protocol.load_plan import ASSISTED, MESSAGE_ONLY, Dose, LoadPlan, ReminderProfile
from protocol.roll_manifest import RollManifest
from protocol.tests.makers import code_of, dose, plan
from protocol.tests.samples import DEVICE, DOSE, MORNING_S, PLAN


def test_two_doses_in_one_slot_are_refused():
    """A plan that puts two doses in one slot does not exist, neither here nor as bytes from somewhere else."""
    assert code_of(plan, [dose(1, MORNING_S), dose(2, MORNING_S + 7200, slot=1)]) == errors.TWO_DOSES_ONE_SLOT
    fields = plan([dose(1, MORNING_S), dose(2, MORNING_S + 7200)]).to_map()
    fields[4][1][2] = 1
    command = {1: DEVICE, 2: 1, 3: MORNING_S, 4: 16, 5: {1: fields}}
    assert code_of(commands.decode_command, cbor.encode(command)) == errors.TWO_DOSES_ONE_SLOT


def test_doses_that_meet_are_refused():
    """A dose opens only when the window of the one before it has closed."""
    assert code_of(plan, [dose(1, MORNING_S), dose(2, MORNING_S + 3600)]) == 0
    assert code_of(plan, [dose(1, MORNING_S), dose(2, MORNING_S + 3599)]) == errors.OUT_OF_BOUNDS
    assert code_of(plan, [dose(2, MORNING_S + 7200), dose(1, MORNING_S)]) == errors.OUT_OF_BOUNDS
    assert code_of(plan, [dose(1, MORNING_S), dose(1, MORNING_S + 7200, slot=2)]) == errors.OUT_OF_BOUNDS


def test_an_early_opening_does_not_reach_into_the_window_before():
    """A dose that may be had early waits until the one before is locked: never two doses at one press."""
    first = dose(1, MORNING_S)
    assert code_of(plan, [first, dose(2, MORNING_S + 7200, early_s=3600)]) == 0
    assert code_of(plan, [first, dose(2, MORNING_S + 7200, early_s=3601)]) == errors.OUT_OF_BOUNDS


def test_a_late_release_does_not_reach_into_the_next_dose():
    """Until a dose may no longer be had late, no other opens: two doses never come close together."""
    first = dose(1, MORNING_S, late_s=14400)
    assert code_of(plan, [first, dose(2, MORNING_S + 14400)]) == 0
    assert code_of(plan, [first, dose(2, MORNING_S + 14399)]) == errors.OUT_OF_BOUNDS
    assert code_of(plan, [first, dose(2, MORNING_S + 18000, early_s=3600)]) == 0
    assert code_of(plan, [first, dose(2, MORNING_S + 18000, early_s=3601)]) == errors.OUT_OF_BOUNDS


def test_a_late_release_ends():
    """A dose can be had late for some time after its window, at most a day after it was due, or never."""
    assert dose(1, MORNING_S, late_s=3601).late_until_s == MORNING_S + 3601
    assert dose(1, MORNING_S, late_s=86400).late_until_s == MORNING_S + 86400
    assert dose(1, MORNING_S).late_until_s == dose(1, MORNING_S).closes_s
    for late_s in (0, 3600, 86401):
        assert code_of(Dose, DOSE, 1, MORNING_S, 0, 3600, 1, 0, "", late_s) == errors.OUT_OF_BOUNDS
    for late_s in ("14400", True):
        assert code_of(Dose, DOSE, 1, MORNING_S, 0, 3600, 1, 0, "", late_s) == errors.BAD_BYTES


def test_a_dose_that_lies_elsewhere_is_neither_late_nor_assisted():
    """What does not lie in the device cannot be released: no late release of it, no assistant who lets it out."""
    elsewhere = (DOSE, 1, MORNING_S, 0, 3600, 1, MESSAGE_ONLY)
    assert code_of(Dose, *elsewhere) == 0
    assert code_of(Dose, *(elsewhere + ("", 14400))) == errors.OUT_OF_BOUNDS
    assert code_of(Dose, *(elsewhere[:6] + (MESSAGE_ONLY | ASSISTED,))) == errors.OUT_OF_BOUNDS
    assert code_of(Dose, *(elsewhere[:6] + (ASSISTED, "", 14400))) == 0


def test_a_plan_has_bounds():
    """No empty plan, at most 28 doses in a tray, a known language, at least one local time, reminders in order."""
    one = [dose(1, MORNING_S)]
    many = [dose(number, MORNING_S + number * 3600) for number in range(1, 29)]
    assert code_of(plan, many) == 0
    assert code_of(plan, many + [dose(29, MORNING_S + 30 * 3600)]) == errors.OUT_OF_BOUNDS
    assert code_of(plan, [dose(1, MORNING_S, slot=29)]) == errors.OUT_OF_BOUNDS
    assert code_of(plan, []) == errors.OUT_OF_BOUNDS
    for changes in (
        {"language": "de"},
        {"offsets": []},
        {"offsets": [(5, 0), (5, 1)]},
        {"offsets": [(0, 50401)]},
        {"offsets": [(0, -43201)]},
        {"quiet": [(0, 1440)]},
        {"medium": 3},
    ):
        try:
            plan(one, **changes)
        except MessageError as error:
            assert error.code == errors.OUT_OF_BOUNDS, changes
            continue
        raise AssertionError(changes)
    assert code_of(ReminderProfile, [(0, 1), (0, 2)]) == errors.OUT_OF_BOUNDS
    assert code_of(ReminderProfile, [(1001, 1)]) == errors.OUT_OF_BOUNDS
    assert code_of(ReminderProfile, []) == errors.OUT_OF_BOUNDS


def test_the_largest_plan_fits_the_link():
    """28 doses with labels of 40 long letters, all offsets, steps and quiet hours fit in one message of the link."""
    doses = [
        Dose(bytes([n]) * 16, n, MORNING_S + n * 104400, 18000, 18000, 20, 5, "\U00010151" * 40, 86400)
        for n in range(1, 29)
    ]
    full = LoadPlan(
        PLAN,
        4294967295,
        1,
        doses,
        [(MORNING_S + n, -43200) for n in range(8)],
        ReminderProfile([(n * 60, 255) for n in range(1, 17)]),
        "se",
        [(1439, 1438)] * 8,
    )
    payload = commands.Command(DEVICE, 4294967295, 4294967295, commands.StoreLoadPlan(full)).encode()
    carried = link_messages.encode_link_message(link_messages.LinkCommand(bytes(len(payload) + 100)))
    assert len(carried) <= 8192
    assert commands.decode_command(payload).body.plan == full


def test_the_largest_roll_fits_the_link():
    """56 doses with labels of 40 Nordic letters, and all that a roll may say, fit in one message of the link."""
    doses = [
        Dose(bytes([n]) * 16, n, MORNING_S + n * 36000, 18000, 18000, 20, 5, "å" * 40) for n in range(1, 57)
    ]
    roll = RollManifest("A" * 11 + "7", b"\x02" * 56, 3, 3, True, 120)
    steps = ReminderProfile([(n * 60, 255) for n in range(1, 17)])
    offsets = [(MORNING_S + n, -43200) for n in range(8)]
    full = LoadPlan(PLAN, 4294967295, 2, doses, offsets, steps, "se", [(1439, 1438)] * 8, roll)
    payload = commands.Command(DEVICE, 4294967295, 4294967295, commands.StoreLoadPlan(full)).encode()
    assert len(payload) + 100 <= 8000
    link_messages.LinkCommand(bytes(len(payload) + 100))
    assert commands.decode_command(payload).body.plan == full
