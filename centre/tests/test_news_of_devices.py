"""What devices and hubs tell becomes rows on the board: one for each cause, the worst word first."""

from protocol.device_events import AlarmCleared, AlarmRaised
from protocol.dose_events import DoseMissed, DoseTaken, DoseUncertain, DoseWithheld, PreAlarm
from protocol.events import DeviceBack, DeviceLost
from protocol.hub_events import TROUBLE_PATH, TROUBLE_STORAGE, TROUBLE_TWIN, HubTrouble, HubTroubleOver

DOSE = bytes(range(16))
MISSED = DoseMissed(DOSE, 2, 1_795_000_000)


def test_early_warning_and_miss_of_one_dose_are_one_row(house):
    """The early warning and the missed dose are one row: one cause, one alarm."""
    house.bring(house.device.event(PreAlarm(DOSE, 2, 1_795_003_600)))
    first = house.alarms()[0]
    house.bring(house.device.event(MISSED))
    rows = house.alarms()
    assert len(rows) == 1 and rows[0].id == first.id and rows[0].alarm.kind == "missed"


def test_a_dose_taken_after_the_warning_stays_until_seen(house):
    """When the dose is taken after the early warning, the row says so and waits for a person."""
    house.bring(house.device.event(PreAlarm(DOSE, 2, 1_795_003_600)), house.device.event(DoseTaken(DOSE, 2)))
    alarm = house.alarms()[0].alarm
    assert (alarm.condition, alarm.handling) == ("cleared", "new")


def test_worse_news_rings_again(house):
    """Whoever holds the early warning: when the dose is missed, the alarm rings again for everybody."""
    house.bring(house.device.event(PreAlarm(DOSE, 2, 1_795_003_600)))
    house.act(house.alarms()[0], "claim")
    house.bring(house.device.event(MISSED))
    alarm = house.alarms()[0].alarm
    assert (alarm.handling, alarm.holder) == ("new", None)


def test_uncertain_is_most_urgent_and_withheld_follows(house):
    """A dose that nobody can be sure of stands above one that was held back."""
    house.bring(
        house.device.event(DoseWithheld(bytes(16), 1, 1)), house.device.event(DoseUncertain(DOSE, 2, 1))
    )
    assert [(row.alarm.kind, row.alarm.priority) for row in house.alarms()] == [
        ("uncertain", 1),
        ("withheld", 2),
    ]


def test_a_lost_dispenser_comes_and_goes_with_the_hubs_word(house):
    """The hub says that a dispenser is gone, and later that it is back: one row, and a person still sees it."""
    house.bring(house.hub.event(DeviceLost(house.device.raw_id, 1_795_000_000)))
    assert [row.device_id for row in house.alarms()] == [house.device.id]
    house.bring(house.hub.event(DeviceBack(house.device.raw_id)))
    alarm = house.alarms()[0].alarm
    assert (alarm.kind, alarm.condition, alarm.handling) == ("device_lost", "cleared", "new")


def test_a_hub_that_is_in_trouble_calls_a_technician_until_it_is_over(house):
    """A hub with a full card is one row for a technician; that its path was gone for a while is none."""
    house.bring(house.hub.event(HubTrouble(TROUBLE_PATH, 1_795_000_000, "Nobody answers.")))
    assert house.alarms() == []
    house.bring(house.hub.event(HubTrouble(TROUBLE_STORAGE, 1_795_000_000, "3 MB left on the disk")))
    assert [(row.alarm.kind, row.alarm.priority, row.facts["variant"]) for row in house.alarms()] == [
        ("hub_trouble", 3, "storage")
    ]
    house.bring(house.hub.event(HubTroubleOver(TROUBLE_STORAGE)))
    assert house.alarms()[0].alarm.condition == "cleared"


def test_two_machines_with_one_hubs_keys_call_a_technician(house):
    """A copied hub is a row of its own, with the words that say what to look for."""
    house.bring(
        house.hub.event(HubTrouble(TROUBLE_TWIN, 1_795_000_000, "another machine uses this hub's keys"))
    )
    assert [row.facts["variant"] for row in house.alarms()] == ["twin"]


def test_a_fault_code_of_the_device_is_an_alarm_with_its_code(house):
    """Each fault that the dispenser reports is its own alarm, and ends when the dispenser says so."""
    house.bring(house.device.event(AlarmRaised(105, "clock")), house.device.event(AlarmRaised(121, "")))
    assert sorted(row.code for row in house.alarms()) == [105, 121]
    house.bring(house.device.event(AlarmCleared(121)))
    ends = {row.code: row.alarm.condition for row in house.alarms()}
    assert ends == {105: "active", 121: "cleared"}


def test_a_fault_that_returns_after_closing_is_a_new_row(house):
    """A fault that a person closed and that comes back is a new alarm, not a silent count."""
    house.bring(house.device.event(AlarmRaised(121, "")))
    row = house.act(house.alarms()[0], "claim")
    house.act(row, "close", reason="visited")
    house.bring(house.device.event(AlarmCleared(121)), house.device.event(AlarmRaised(121, "")))
    assert sorted(row.alarm.handling for row in house.alarms()) == ["closed", "new"]
