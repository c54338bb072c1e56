"""What hubs bring: believed only when it fits, and never lost."""

import pytest

from centre.core.chain import GAP_GRACE_S, GAP_SHRINKS_S
from centre.edges import event_store
from centre.edges.alarm_store import Who
from centre.edges.batch import Batch
from centre.edges.keys import PublicKeys
from centre.edges.opening import open_event
from centre.tests.conftest import TENANT, House
from centre.tests.signing import Sender
from protocol import cose, errors
from protocol.commands import StoreLoadPlan
from protocol.device_events import AlarmCleared, AlarmRaised, CommandAccepted, CommandRefused, JournalDamaged
from protocol.dose_events import DoseMissed
from protocol.events import CLOCK_SYNCED, Event
from protocol.receipts import decode_receipt

DOSE = bytes(range(16))
MISSED = DoseMissed(DOSE, 2, 1_795_000_000)


def receipt_of(house: House, data: bytes):
    """The receipt, read with the centre's public key as a hub would."""
    return decode_receipt(cose.parse_sign1(data).payload)


def stored(house: House) -> list[int]:
    with house.database.read() as connection:
        return [row["seq"] for row in event_store.history(connection, TENANT, house.device.id, 0)][::-1]


def test_a_missed_dose_becomes_an_alarm_and_gets_a_receipt(house):
    """A missed dose that the dispenser signed stands on the board, and the hub gets proof that it arrived."""
    data = house.device.event(MISSED)
    taken = house.bring(data)
    assert house.kinds() == ["missed"]
    assert receipt_of(house, taken.receipts[0]).covering(house.device.raw_id) == (1, cose.event_hash(data))


def test_the_same_message_twice_is_one_alarm(house):
    """A message that the hub sends again changes nothing, and is confirmed again."""
    data = house.device.event(MISSED)
    house.bring(data)
    taken = house.bring(data)
    assert house.alarms()[0].alarm.count == 1
    assert receipt_of(house, taken.receipts[0]).covering(house.device.raw_id)[0] == 1
    assert stored(house) == [1]


def test_a_forged_message_is_refused_and_shown(house):
    """A message with a wrong signature changes no dose; it raises its own alarm and is kept as evidence."""
    thief = Sender()
    thief.raw_id = house.device.raw_id
    good = house.device.event(MISSED)
    forged = bytearray(good)
    forged[-1] ^= 1
    taken = house.bring(bytes(forged))
    assert house.kinds() == ["forged"]
    assert taken.receipts == [] and stored(house) == []


def test_a_message_signed_by_another_device_is_refused(house):
    """A device that signs with its own key cannot speak in another device's name."""
    other = Sender()
    with house.database.write() as connection:
        from centre.edges import registry

        registry.enrol_device(connection, TENANT, other.point, "tablet", house.hub.id, "Flat 13")
    lie = other.sign(Event(house.device.raw_id, 1, bytes(16), 5, CLOCK_SYNCED, 1, 1, MISSED))
    house.bring(lie)
    assert house.kinds() == ["forged"] and stored(house) == []


def test_bytes_that_are_nothing_are_kept_as_evidence(house):
    """Rubbish from a hub is an alarm on that hub, and stops nothing else in the same batch."""
    house.bring(b"rubbish", house.device.event(MISSED))
    assert house.kinds() == ["forged", "missed"]


def test_an_unknown_device_is_shown_on_its_hub(house):
    """A dispenser that nobody registered is not believed, and somebody is told."""
    house.bring(Sender().event(MISSED))
    rows = house.alarms()
    assert [row.alarm.kind for row in rows] == ["unknown_device"]
    assert rows[0].device_id == house.hub.id


@pytest.mark.parametrize(("accepted", "kinds"), [(True, []), (False, ["command_refused"])])
def test_a_copy_that_is_refused_in_the_same_batch_as_its_answer_calls_nobody(house, accepted, kinds):
    """Done, and a second copy refused, both told in one message: nobody is called.  Refused alone: a nurse is."""
    done = [CommandAccepted(7, StoreLoadPlan.TYPE)] if accepted else []
    told = [*done, CommandRefused(7, StoreLoadPlan.TYPE, errors.OLD_COUNTER)]
    house.bring(*[house.device.event(body) for body in told])
    assert house.kinds() == kinds


def test_a_hole_is_an_alarm_until_it_is_filled(house):
    """A message that stays missing is told; the later ones still alarm, but are not confirmed until it comes."""
    first, second, third = (
        house.device.event(body) for body in (AlarmCleared(105), AlarmCleared(121), MISSED)
    )
    taken = house.bring(first, third)
    house.wait(GAP_GRACE_S)
    assert house.kinds() == ["gap", "missed"]
    assert receipt_of(house, taken.receipts[0]).covering(house.device.raw_id)[0] == 1
    taken = house.bring(second)
    assert receipt_of(house, taken.receipts[0]).covering(house.device.raw_id)[0] == 3
    assert {row.alarm.kind: row.alarm.condition for row in house.alarms()}["gap"] == "cleared"


def test_a_hole_that_fills_within_two_minutes_calls_nobody(house):
    """After a killed broker a later message may come first; when the rest follows in two minutes, nobody is called."""
    first, second, third = (
        house.device.event(body) for body in (AlarmCleared(105), AlarmCleared(121), MISSED)
    )
    house.bring(first, third)
    house.wait(GAP_GRACE_S - 30)
    house.bring(second)
    house.wait(600)
    assert house.kinds() == ["missed"]


def bring_at(house, wall_s, *coses):
    """A hub brings signed bytes so many seconds from now."""
    with house.database.write() as connection:
        who = Who("device", "", house.clock.utc_s(), house.clock.wall_s() + wall_s)
        batch = Batch(connection, TENANT, house.hub.id, who)
        for data in coses:
            batch.take(open_event(data, PublicKeys(lambda _: house.device.point)), None)


@pytest.mark.parametrize(
    ("last_at_s", "kinds"), [(GAP_SHRINKS_S - 30, ["missed"]), (None, ["gap", "missed"])]
)
def test_a_hole_that_shrinks_is_given_time_but_not_for_ever(house, last_at_s, kinds):
    """Months of messages may follow the alarm that overtook them; a hole older than a quarter of an hour is told."""
    coses = [house.device.event(body) for body in [AlarmCleared(121)] * 12 + [MISSED]]
    house.bring(coses[0], coses[-1])
    for number in range(1, 11):  # one each 85 s: each in time, all of them nearly not
        house.wait(85)
        bring_at(house, house.waited_s, coses[number])
    assert house.kinds() == ["missed"]
    if last_at_s is not None:
        bring_at(house, last_at_s, coses[11])
    house.wait(GAP_SHRINKS_S - house.waited_s)
    assert house.kinds() == kinds


def test_the_end_of_an_alarm_does_not_end_the_next_one_that_overtook_it(house):
    """An alarm that came before its turn stays: an end that happened before it is that of the older one."""
    bodies = (AlarmRaised(105, detail="stall"), AlarmCleared(105, "stall"), AlarmRaised(105, detail="stall"))
    booted, first, end, second = [house.device.event(body) for body in (AlarmCleared(121), *bodies)]
    house.bring(booted, first)
    house.bring(second)
    house.bring(end)
    (row,) = house.alarms()
    assert (row.alarm.kind, row.alarm.condition) == ("technical", "active")


def test_an_alarm_that_comes_after_its_own_end_is_told_as_ended(house):
    """What was lost on the way comes again: the alarm is shown, and that it has ended long ago."""
    booted, first, end = [
        house.device.event(body)
        for body in (AlarmCleared(121), AlarmRaised(105, detail="stall"), AlarmCleared(105, "stall"))
    ]
    house.bring(booted)
    house.bring(end)
    house.bring(first)
    (row,) = house.alarms()
    assert (row.alarm.kind, row.alarm.condition) == ("technical", "cleared")


def test_a_forged_or_doubled_history_is_told_at_once(house):
    """Patience is for holes only: what somebody may have forged is on the board at once."""
    house.bring(house.device.event(AlarmCleared(105)))
    house.bring(house.device.sign(Event(house.device.raw_id, 1, bytes(16), 5, CLOCK_SYNCED, 1, 1, MISSED)))
    assert "fork" in house.kinds()


def test_a_hole_before_a_damaged_journal_is_over(house):
    """What a dispenser says it has lost for ever is not waited for: the missing messages are no alarm any more."""
    first, _lost, third = (house.device.event(AlarmCleared(105)) for _ in range(3))
    house.bring(first, third)
    house.wait(GAP_GRACE_S)
    assert house.kinds() == ["gap"]
    house.device.seq, house.device.head = 9, b"what was lost..."
    house.bring(house.device.event(JournalDamaged(1, 8)))
    ends = {row.alarm.kind: row.alarm.condition for row in house.alarms()}
    assert ends == {"gap": "cleared", "journal_damaged": "active"}


def test_two_histories_of_one_device_are_an_alarm(house):
    """A second message under a used number is kept as evidence and shown; its own alarm still counts."""
    house.bring(house.device.event(AlarmCleared(105)))
    twin = house.device.sign(Event(house.device.raw_id, 1, bytes(16), 5, CLOCK_SYNCED, 1, 1, MISSED))
    house.bring(twin)
    assert house.kinds() == ["fork", "missed"] and stored(house) == [1]


def test_a_chain_that_does_not_fit_is_not_continued(house):
    """A message whose past is not the past we know is not confirmed."""
    house.bring(house.device.event(AlarmCleared(105)))
    house.device.head = b"another history!"
    taken = house.bring(house.device.event(AlarmCleared(105)))
    assert house.kinds() == ["fork"]
    assert receipt_of(house, taken.receipts[0]).covering(house.device.raw_id)[0] == 1


def test_a_damaged_journal_starts_a_new_piece(house):
    """A dispenser that lost notes says so, goes on, and somebody is told."""
    house.bring(house.device.event(AlarmCleared(105)))
    house.device.seq, house.device.head = 9, b"what was lost..."
    data = house.device.event(JournalDamaged(1, 8))
    taken = house.bring(data, house.device.event(MISSED))
    assert house.kinds() == ["journal_damaged", "missed"]
    assert receipt_of(house, taken.receipts[0]).covering(house.device.raw_id)[0] == 11


def test_a_device_on_another_hub_is_shown(house):
    """A dispenser that reports through a hub it does not belong to is believed, and somebody is told."""
    other = Sender()
    with house.database.write() as connection:
        from centre.edges import registry

        registry.enrol_hub(connection, TENANT, other.point, "Stair C")
    house.bring(house.device.event(MISSED), hub=other)
    assert house.kinds() == ["missed", "wrong_hub"]


def test_an_old_message_through_another_hub_is_a_replay(house):
    """A copy that comes by another way than the original is shown, and changes nothing."""
    other = Sender()
    with house.database.write() as connection:
        from centre.edges import registry

        registry.enrol_hub(connection, TENANT, other.point, "Stair C")
    data = house.device.event(MISSED)
    house.bring(data)
    house.bring(data, hub=other)
    assert house.kinds() == ["missed", "replay", "wrong_hub"]
