"""What a dispenser says of doses, pauses and its own alarms, and what stands on the board then."""

import pytest

from centre.core.pauses import REMIND_EVERY_S, must_be_told
from centre.edges import alarm_store, dose_store, registry
from centre.tests.conftest import NOON, TENANT, House
from centre.tests.signing import Sender
from protocol import cose
from protocol.commands import SetClock
from protocol.device_events import (
    PRIORITY_HIGH,
    PRIORITY_LOW,
    PRIORITY_MEDIUM,
    AlarmAcknowledged,
    AlarmCleared,
    AlarmRaised,
    CommandRefused,
    Paused,
    PlanActivated,
    Resumed,
)
from protocol.dose_events import (
    CAUSE_BATTERY,
    CAUSE_CANCELLED,
    CAUSE_PAUSED,
    CAUSE_REFILL,
    CAUSE_REPLACED,
    CAUSE_TILTED,
    LATE_RETURNED,
    LATE_TAKEN,
    LATE_UNCERTAIN,
    RELEASE_LATE,
    DoseMissed,
    DoseWithheld,
    LateRelease,
    PreAlarm,
    ReleaseIntended,
)
from protocol.errors import EXPIRED, OLD_COUNTER, OUT_OF_BOUNDS
from protocol.events import CLOCK_UNSET, Event
from protocol.record import Message

DOSE = bytes(range(16))
MISSED = DoseMissed(DOSE, 2, NOON)


def bring(house: House, *bodies: Message) -> None:
    house.bring(*[house.device.event(body) for body in bodies])


def only(house: House):
    (row,) = house.alarms()
    return row


def verbs(house: House, alarm_id: int) -> list[str]:
    with house.database.read() as connection:
        return [entry["verb"] for entry in alarm_store.trail(connection, TENANT, alarm_id)]


def plan(house: House, **more: object) -> bytes:
    """A plan of one dose in force; its id."""
    client = house.client()
    written = {"doses": [{"slot": 2, "due_s": house.clock.utc_s() + 60, "label": "Morning", **more}]}
    made = client.post(f"/api/devices/{house.device.id}/plans", json=written).json()
    bring(house, PlanActivated(bytes.fromhex(made["plan_id"]), made["version"], 1))
    return bytes.fromhex(made["doses"][0]["dose_id"])


@pytest.mark.parametrize("cause", [CAUSE_PAUSED, CAUSE_CANCELLED, CAUSE_REPLACED])
def test_what_staff_ordered_is_no_alarm(house, cause):
    """A dose held back because staff paused, cancelled or replaced it calls nobody, and ends its early warning."""
    bring(
        house, DoseWithheld(bytes(16), 1, cause), PreAlarm(DOSE, 2, NOON + 60), DoseWithheld(DOSE, 2, cause)
    )
    assert (only(house).alarm.kind, only(house).alarm.condition) == ("pre_alarm", "cleared")


@pytest.mark.parametrize("cause", [CAUSE_BATTERY, CAUSE_TILTED, CAUSE_REFILL])
def test_what_the_dispenser_could_not_give_is_an_alarm(house, cause):
    """A dose held back because the battery was low, the dispenser tilted or a filling not finished is on the board."""
    bring(house, DoseWithheld(DOSE, 2, cause))
    assert only(house).alarm.kind == "withheld"


@pytest.mark.parametrize(("result", "verb"), [(LATE_TAKEN, "late_taken"), (LATE_RETURNED, "late_returned")])
def test_a_late_release_is_written_beside_the_missed_dose(house, result, verb):
    """The missed dose stays for a person to close; its trail and its words say that it came late, or came back."""
    bring(house, MISSED, ReleaseIntended(DOSE, 2, RELEASE_LATE, 4), LateRelease(DOSE, 2, 4, result))
    row = only(house)
    assert (row.alarm.kind, row.alarm.condition, row.alarm.handling) == ("missed", "active", "new")
    assert verbs(house, row.id) == ["raise", verb]
    what = house.client().get(f"/api/alarms/{row.id}").json()["what"]
    assert ("given late after that" in what) == (result == LATE_TAKEN)


def test_a_late_release_that_went_wrong_rings_again(house):
    """When nobody can know whether the late dose was taken, the alarm becomes the most urgent one."""
    bring(house, MISSED)
    house.act(only(house), "claim")
    bring(house, LateRelease(DOSE, 2, 4, LATE_UNCERTAIN))
    alarm = only(house).alarm
    assert (alarm.kind, alarm.priority, alarm.handling) == ("uncertain", 1, "new")


def test_a_message_that_nobody_answers_has_its_own_alarm(house):
    """Medicine outside the dispenser that nobody confirmed is told as an unanswered message, code 104."""
    dose_id = plan(house, message_only=True)
    bring(house, PreAlarm(dose_id, 2, NOON + 3660), DoseMissed(dose_id, 2, NOON + 60))
    row = only(house)
    assert (row.alarm.kind, row.code, row.owner) == ("message_unread", 104, "operator")


def test_staff_who_did_not_come_are_named_as_such(house):
    """For a dose that only staff may give, the alarm says that nobody came, not that the patient forgot."""
    dose_id = plan(house, assisted=True)
    bring(house, PreAlarm(dose_id, 2, NOON + 1000))
    shown = house.client().get("/api/alarms").json()[0]
    assert "nobody has come" in shown["what"] and shown["title"] == "Staff have not come yet"
    bring(house, DoseMissed(dose_id, 2, NOON + 60))
    shown = house.client().get("/api/alarms").json()[0]
    assert "nobody came" in shown["what"]


def test_two_faults_under_one_code_are_two_rows(house):
    """Clock and mechanism are two alarms though both are technical faults; each ends with its own word."""
    bring(house, AlarmRaised(105, "mechanism: stall"), AlarmRaised(105, "battery clock does not answer"))
    bring(house, AlarmCleared(105, "mechanism: stall"))
    ends = {row.facts["detail"]: row.alarm.condition for row in house.alarms()}
    assert ends == {"mechanism: stall": "cleared", "battery clock does not answer": "active"}


def test_a_clear_without_detail_ends_everything_under_the_code(house):
    """When the dispenser says that a code is over, every alarm under it is over, and no other."""
    bring(
        house,
        AlarmRaised(123, "leans"),
        AlarmRaised(123, "upside down"),
        AlarmRaised(12, "x"),
        AlarmCleared(123),
    )
    ends = sorted((row.code, row.alarm.condition) for row in house.alarms())
    assert ends == [(12, "active"), (123, "cleared"), (123, "cleared")]


def test_a_stock_that_goes_down_is_one_row_with_the_newest_number(house):
    """Told anew each day with another number, low stock stays one row that says how many days are left now."""
    bring(house, AlarmRaised(112, "3 days left"))
    bring(house, AlarmRaised(112, "2 days left"), AlarmCleared(112, "3 days left"))
    row = only(house)
    assert (row.alarm.condition, row.alarm.count, row.facts["detail"]) == ("active", 2, "2 days left")
    assert "Days left: 2." in house.client().get("/api/alarms").json()[0]["what"]
    bring(house, AlarmCleared(112, "2 days left"))
    assert only(house).alarm.condition == "cleared"


@pytest.mark.parametrize(
    ("code", "told", "priority"),
    [
        (123, PRIORITY_HIGH, 1),
        (123, PRIORITY_MEDIUM, 2),
        (119, PRIORITY_LOW, 3),
        (112, PRIORITY_LOW, 4),
        (113, PRIORITY_LOW, 3),
        (122, None, 1),
    ],
)
def test_the_dispensers_own_priority_counts(house, code, told, priority):
    """High is now, medium is soon, low is today or later; without its word the kind decides."""
    bring(house, AlarmRaised(code, "", told))
    assert only(house).alarm.priority == priority


@pytest.mark.parametrize(
    "code", [106, 107, 108, 109, 110, 111, 112, 113, 114, 116, 117, 118, 119, 121, 122, 123]
)
def test_every_alarm_of_the_dispenser_says_what_is_wrong_and_what_to_do(house, code):
    """Each of the dispenser's alarms has a sentence of its own, an owner and steps."""
    bring(house, AlarmRaised(code, ""))
    client = house.client()
    shown = client.get("/api/alarms").json()[0]
    assert shown["code"] == code and "The dispenser says" not in shown["what"] and shown["owner"]
    assert "Read what the dispenser says" not in client.get(f"/alarms/{shown['id']}").text


def test_an_acknowledged_alarm_has_it_in_its_trail(house):
    """When the dispenser has heard that its alarm was seen, the trail says so; the alarm itself stays."""
    bring(house, AlarmRaised(112, ""), AlarmAcknowledged(7, 112))
    assert verbs(house, only(house).id) == ["raise", "acknowledged"]
    assert only(house).alarm.condition == "active"


@pytest.mark.parametrize("reason", [EXPIRED, OLD_COUNTER])
def test_a_time_that_came_too_late_calls_no_nurse(house, reason):
    """The dispenser refuses a time it no longer waits for, and asks anew: that is no order a nurse must see to."""
    bring(house, CommandRefused(4, SetClock.TYPE, reason))
    assert house.alarms() == []


def test_a_time_that_cannot_be_right_calls_a_nurse(house):
    """When the dispenser finds the centre's time impossible, somebody is told."""
    bring(house, CommandRefused(4, SetClock.TYPE, OUT_OF_BOUNDS))
    assert only(house).alarm.kind == "command_refused"


def first_word(house: House, body: Message, boot: int = 1) -> bytes:
    """An event of a dispenser that does not know the time yet."""
    device = house.device
    device.seq += 1
    made = device.sign(Event(device.raw_id, device.seq, device.head, 0, CLOCK_UNSET, boot, 10, body))
    device.head = cose.event_hash(made)
    return made


def test_a_new_dispenser_that_learns_the_time_leaves_no_row(house):
    """A new dispenser has no time until the centre tells it: when that goes well, nobody sees an alarm."""
    house.bring(first_word(house, AlarmRaised(105, "clock not set")))
    bring(house, AlarmCleared(105, "clock not set"))
    house.wait(600)
    assert house.alarms() == []


def test_a_new_dispenser_that_stays_without_time_is_an_alarm(house):
    """A new dispenser that does not learn the time within a minute is told."""
    house.bring(first_word(house, AlarmRaised(105, "clock not set")))
    house.wait(59)
    assert house.alarms() == []
    house.wait(1)
    assert only(house).alarm.kind == "technical"


def test_a_dispenser_that_lost_its_time_is_told_at_once(house):
    """A dispenser that wakes without time later on has a failed clock battery: that is told at once."""
    house.bring(first_word(house, AlarmRaised(105, "clock not set"), boot=2))
    assert only(house).alarm.kind == "technical"


def test_only_the_missing_time_of_a_new_dispenser_is_given_a_moment(house):
    """Any other fault of a new dispenser is told at once."""
    house.bring(first_word(house, AlarmRaised(105, "mechanism: stall")))
    assert only(house).alarm.kind == "technical"


def test_a_pause_of_two_weeks_is_brought_back_to_mind(house):
    """A dispenser that has been paused for 14 days is on the board, once, until it is resumed."""
    bring(house, Paused(2, 1))
    house.clock.leap(REMIND_EVERY_S - 60)
    house.wait(1)
    assert house.alarms() == []
    house.clock.leap(120)
    house.wait(1)
    house.wait(1)
    assert (only(house).alarm.kind, only(house).alarm.priority, only(house).alarm.count) == (
        "paused_long",
        4,
        1,
    )
    bring(house, Resumed(3, NOON))
    assert only(house).alarm.condition == "cleared"


def test_a_pause_that_goes_on_is_brought_back_every_two_weeks():
    """A reminder that somebody closed comes again after another 14 days; an older pause's reminder does not count."""
    since_s, day_s = NOON, 86400
    assert not must_be_told(since_s, None, since_s + 13 * day_s)
    assert must_be_told(since_s, None, since_s + 14 * day_s)
    assert not must_be_told(since_s, since_s + 14 * day_s, since_s + 27 * day_s)
    assert must_be_told(since_s, since_s + 14 * day_s, since_s + 28 * day_s)
    assert must_be_told(since_s, since_s - day_s, since_s + 14 * day_s)


def test_an_older_word_behind_a_hole_changes_no_pause(house):
    """When a message arrives late behind a newer one, the newer one stands."""
    paused, resumed = house.device.event(Paused(2, 1)), house.device.event(Resumed(3, NOON))
    house.bring(resumed)
    house.bring(paused)
    client = house.client()
    answer = client.post(f"/api/devices/{house.device.id}/resume", json={"from_s": NOON})
    assert answer.status_code == 409


def test_a_dose_of_another_dispenser_is_not_touched(house):
    """A dispenser that speaks of a dose that is not its own changes nothing for the one whose dose it is."""
    dose_id = plan(house)
    other = Sender()
    with house.database.write() as connection:
        registry.enrol_device(connection, TENANT, other.point, "tablet", house.hub.id, "Flat 13")
    house.bring(other.event(DoseMissed(dose_id, 2, NOON)))
    with house.database.read() as connection:
        known = dose_store.known_dose(connection, TENANT, house.device.id, dose_id.hex())
    assert known is not None and known.life.state == "planned"
