"""A dispenser that has come back and forgotten its owner: it stays on record, and asks for nobody any more."""

import pytest
from sqlalchemy import select

from centre.board.words import Words
from centre.core import returned
from centre.core.rules import CONTACT, Clear, Raise
from centre.edges import command_store, device_state
from centre.edges.tables.alarms import audit
from centre.tests.conftest import TENANT, House
from centre.tests.ward import Ward
from protocol.device_events import AlarmRaised, Booted, LidOpened, Paused
from protocol.dose_events import DoseMissed, PreAlarm
from protocol.hub_events import DeviceLost
from protocol.service_events import DeviceErased

RECORD = DeviceErased(1, 2, 1, 0, 3, 0)
RAW_ID = bytes(8)


@pytest.fixture
def ward(house: House) -> Ward:
    return Ward(house)


def lost(ward: Ward) -> None:
    """The hub misses the dispenser."""
    ward.house.bring(ward.house.hub.event(DeviceLost(ward.device.raw_id, ward.house.clock.utc_s())))


def conditions(ward: Ward) -> dict[str, str]:
    return {row.alarm.kind: row.alarm.condition for row in ward.house.alarms()}


def trail(ward: Ward) -> list[tuple[str, str]]:
    with ward.house.database.read() as connection:
        query = select(audit.c.verb, audit.c.actor).where(audit.c.tenant == TENANT)
        return [(row[0], row[1]) for row in connection.execute(query.order_by(audit.c.id))]


@pytest.mark.parametrize(
    ("newest", "erased"), [(DeviceErased.TYPE, True), (Booted.TYPE, False), (250, False)]
)
def test_only_the_last_word_says_that_it_is_erased(newest, erased):
    """The erase record counts while it is the newest event: what speaks after it was not wiped, and may dose."""
    assert returned.is_erased(newest) is erased


def test_what_outlives_the_dispenser():
    """Its own conditions end with it; a dose that nobody has settled and a hole in its journal wait for a person."""
    assert [returned.outlives(cause) for cause in ("dose:00", "gap")] == [True, True]
    ending = (CONTACT, "pause", "lock", "code:105:motor", "code:112:")
    assert not any(returned.outlives(cause) for cause in ending)


def test_silence_of_what_is_erased_is_no_news():
    """No contact with an erased dispenser calls nobody; that it is forged or comes back does."""
    gone, forged = Raise("device_lost", RAW_ID, CONTACT), Raise("forged", RAW_ID, "forged")
    assert [returned.matters(news, erased=True) for news in (gone, forged, Clear(RAW_ID, CONTACT))] == [
        False,
        True,
        True,
    ]
    assert returned.matters(gone, erased=False)


def test_nobody_is_called_for_a_dispenser_that_has_come_back(ward: Ward):
    """Its faults and its lost contact end with the erase record, and losing it again raises nothing; a missed dose
    and one that was about to be missed stay for a person.  The trail says that it was erased."""
    lost(ward)
    ward.tell(AlarmRaised(105, "motor"), PreAlarm(bytes.fromhex(ward.ids[0]), 1, ward.now_s + 600))
    ward.tell(DoseMissed(bytes.fromhex(ward.ids[1]), 2, ward.now_s), Paused(2, 1))
    before = conditions(ward)
    assert set(before.values()) == {"active"}
    ward.tell(RECORD)
    after = conditions(ward)
    assert (after.pop("missed"), after.pop("pre_alarm")) == ("active", "active")
    assert set(after.values()) == {"cleared"} and len(after) == 2
    lost(ward)
    ward.later(40 * 86400)  # a pause that somebody forgot would be told by now
    ward.house.wait(60)
    assert conditions(ward)["device_lost"] == "cleared" and "paused_long" not in conditions(ward)
    assert ("device_erased", "device") in trail(ward)


def test_nothing_can_be_sent_to_it(ward: Ward):
    """What waited for it is withdrawn, and no plan, order or credential is signed for it any more: each is refused in
    a sentence."""
    ward.post("/pause", {"reason": "hospital"}).raise_for_status()
    ward.tell(RECORD)
    with ward.house.database.read() as connection:
        assert command_store.waiting(connection, TENANT) == {}
    later_s = ward.now_s + 9 * 3600
    for path, body in (
        ("/plans", {"doses": [{"slot": 7, "due_s": later_s}]}),
        (f"/plans/{ward.plan_id}/replan", {"doses": [{"slot": 7, "due_s": later_s}]}),
        (f"/plans/{ward.plan_id}/activate", {}),
        ("/pause", {"reason": "hospital"}),
        ("/credentials", {"role": "relative", "pin": True}),
    ):
        answer = ward.post(path, body)
        assert answer.status_code == 409 and "erased" in answer.json()["error"], (path, answer.text)
        assert answer.json()["why"] == "erased"
    ward.house.clock.leap(8 * 86400)
    ward.house.wait(60)
    assert "command_unanswered" not in conditions(ward)


@pytest.mark.parametrize("language", ["nb", "nn", "se", "en"])
def test_its_page_says_that_it_is_erased(ward: Ward, language: str):
    """The list and its page say since when it is erased; nothing can be asked there, no open dose is shown, and
    what lay inside is counted."""
    ward.tell(Paused(2, 1), RECORD)
    ward.client.post("/language", data={"language": language, "csrf": csrf(ward)})
    shown, listed = (ward.client.get(path).text for path in (f"/devices/{ward.device.id}", "/devices"))
    assert f'<html lang="{language}"' in shown
    for page in (shown, listed):
        assert page.count('class="erased"') == 1
    assert "/ask/" not in shown and "/credentials/new" not in shown
    assert 'class="planned"' not in shown
    assert Words(language)("erased.inside", left=2, locked=1, uncertain=0, pills=3) in shown
    assert "(" not in ward.client.get("/").text.split('id="paused"')[1].split("</section>")[0]


def csrf(ward: Ward) -> str:
    return ward.client.get("/").text.split('name="csrf" value="')[1].split('"')[0]


def test_what_speaks_after_its_record_was_not_erased(ward: Ward):
    """A return that was broken off: with the next event the dispenser is in use again, contact is watched, plans can be
    sent, and the trail says so.  An event from before, that comes late, changes nothing."""
    early = ward.device.event(LidOpened(), ward.now_s)
    ward.tell(RECORD)
    ward.house.bring(early)
    assert erased_s(ward) == pytest.approx(ward.now_s, abs=60)
    ward.tell(Booted("0.2.0", 2, 1, True))
    assert erased_s(ward) is None and ("device_not_erased", "device") in trail(ward)
    lost(ward)
    assert conditions(ward)["device_lost"] == "active"
    assert ward.post("/pause", {"reason": "hospital"}).status_code == 201


def test_who_carried_the_record_stands_in_the_trail(ward: Ward):
    """The technician who brings the erase record by hand is named as the one who handed the dispenser back."""
    carried = [ward.device.event(RECORD, ward.now_s).hex()]
    ward.client.post("/api/service/events", json={"coses": carried}).raise_for_status()
    assert ("device_erased", "demo") in trail(ward)


def erased_s(ward: Ward) -> int | None:
    with ward.house.database.read() as connection:
        found = device_state.state_of(connection, TENANT, ward.device.id)
    assert found is not None
    return found.erased_s
