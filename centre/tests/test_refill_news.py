"""What a dispenser tells of its filling and its roll, on the board and on its page."""

import pytest

from centre.tests.conftest import NOON, House
from centre.tests.test_refill_doors import RollWard
from protocol.device_events import AlarmCleared, AlarmRaised, CommandAccepted, LidOpened, PlanActivated
from protocol.dose_events import DoseMissed, DosePresented, DoseTaken, DoseWithheld, ReleaseIntended
from protocol.events import (
    ABORT_PERSON,
    CAUSE_REFILL,
    DIFF_EXTRA,
    DIFF_MISSING,
    REFUSED_WRONG_PATIENT,
    ROLE_NURSE,
    ROLE_RELATIVE,
    WAY_FILL,
    WAY_SWAP,
    ChamberEmptied,
    CredentialRefused,
    CredentialsLocked,
    PouchesRetained,
    PouchesRetiring,
    RefillAborted,
    RefillRefused,
    RefillSealed,
    RefillStarted,
    RollConfirmed,
)
from protocol.refill_commands import AddCredential

DOSE, PLAN, SOMEBODY = bytes(range(16)), bytes([7] * 16), bytes([9] * 8)


def sealed(
    credential: bytes = SOMEBODY, differences: tuple[tuple[int, int], ...] = (), **more
) -> RefillSealed:
    """Filled on the spot in 18 minutes; compartments 3 and 7 still held something."""
    times = (NOON, NOON + 1080, b"\x20" * 28)
    way = more.get("way", WAY_FILL)
    left, filled = 1 << 2 | 1 << 6, (1 << 28) - 1
    return RefillSealed(
        credential, ROLE_NURSE, way, PLAN, 3, left, filled, differences, *times, more.get("tray")
    )


def tell(house: House, *bodies) -> None:
    house.bring(*[house.device.event(body, house.clock.utc_s()) for body in bodies])


def states(house: House) -> dict[str, str]:
    return {row.alarm.kind: row.alarm.condition for row in house.alarms()}


def test_a_refill_never_ends_the_alarm_of_a_missed_dose(house: House):
    """A missed and a withheld dose stay on the board through a whole filling, until a person closes them."""
    tell(house, DoseMissed(DOSE, 2, NOON), DoseWithheld(bytes(16), 3, CAUSE_REFILL))
    before = [(row.alarm.kind, row.alarm.condition, row.alarm.handling) for row in house.alarms()]
    tell(house, RefillStarted(SOMEBODY, ROLE_NURSE), sealed(), PlanActivated(PLAN, 3, 28))
    assert [(row.alarm.kind, row.alarm.condition, row.alarm.handling) for row in house.alarms()] == before
    assert sorted(kind for kind, _, _ in before) == ["missed", "withheld"]
    assert {condition for _, condition, _ in before} == {"active"}


def test_an_unfinished_filling_is_on_the_board_until_it_is_finished(house: House):
    """A filling that was broken off after something was touched is an alarm, once, until somebody fills to the end."""
    tell(house, RefillStarted(SOMEBODY, ROLE_RELATIVE))
    tell(
        house,
        RefillAborted(SOMEBODY, ROLE_RELATIVE, ABORT_PERSON, True),
        AlarmRaised(116, "refill not finished"),
    )
    (row,) = house.alarms()
    assert (row.alarm.kind, row.code, row.owner, row.alarm.condition) == (
        "refill_unfinished",
        116,
        "nurse",
        "active",
    )
    page = house.client().get(f"/devices/{house.device.id}").text
    assert "Filling not finished: gives nothing" in page and "Broken off by whoever filled" in page
    tell(house, RefillStarted(SOMEBODY, ROLE_NURSE), sealed())
    assert states(house) == {"refill_unfinished": "active"}  # until the plan of it is in force
    tell(house, PlanActivated(PLAN, 3, 28))
    assert states(house) == {"refill_unfinished": "cleared"}
    assert "gives nothing" not in house.client().get(f"/devices/{house.device.id}").text


def test_a_filling_that_touched_nothing_calls_nobody(house: House):
    """Who gives up before anything was touched leaves the plan in force and no alarm; nor does a wrong tray ring."""
    tell(house, RefillStarted(SOMEBODY, ROLE_RELATIVE), RefillRefused(SOMEBODY, REFUSED_WRONG_PATIENT))
    tell(house, RefillAborted(SOMEBODY, ROLE_RELATIVE, ABORT_PERSON, False), CredentialRefused(4))
    assert house.alarms() == []
    page = house.client().get(f"/devices/{house.device.id}").text
    assert "the tray is another person" in page and "Wrong PIN or tag: 4 tries left" in page


def test_too_many_wrong_pins_call_somebody_until_the_right_one_comes(house: House):
    """Five wrong tries are an alarm that says for how long nobody is asked; a filling that begins ends it."""
    tell(house, CredentialRefused(0), CredentialsLocked(900))
    (row,) = house.alarms()
    shown = house.client().get("/api/alarms").json()[0]
    assert (row.alarm.kind, row.alarm.priority) == ("credentials_locked", 3) and "15 minutes" in shown["what"]
    assert "Asks for no PIN or tag until" in house.client().get(f"/devices/{house.device.id}").text
    tell(house, RefillStarted(SOMEBODY, ROLE_NURSE))
    assert states(house) == {"credentials_locked": "cleared"}


def test_what_was_vouched_for_is_told_to_a_nurse(house: House):
    """Compartments that are not as planned, though somebody vouched for them, are named on the board."""
    tell(house, sealed(differences=((4, DIFF_MISSING), (9, DIFF_EXTRA))))
    shown = house.client().get("/api/alarms").json()[0]
    assert (shown["kind"], shown["owner"]) == ("refill_differs", "nurse")
    assert "compartment 4 is empty, compartment 9 holds something" in shown["what"]


def test_the_page_tells_each_filling(house: House):
    """Who filled, which way, how long it took, what was left and which tray: all on the page of the dispenser."""
    client = house.client()
    made = client.post(
        f"/api/devices/{house.device.id}/credentials", json={"role": "nurse", "label": "Kari", "pin": True}
    ).json()
    tell(house, CommandAccepted(made["counter"], AddCredential.TYPE))
    who = bytes.fromhex(made["credential"])
    tell(house, RefillStarted(who, ROLE_NURSE))
    assert "Being filled since" in client.get(f"/devices/{house.device.id}").text
    tell(house, sealed(who, way=WAY_SWAP, tray=7))
    page = client.get(f"/devices/{house.device.id}").text
    for words in (
        "Filled: filled tray put in",
        "by a nurse: Kari",
        "18 min, 28 doses put in",
        "tray 7",
        "left from before: 2 (place 3, 7)",
    ):
        assert words in page, words
    told = client.get(f"/api/devices/{house.device.id}/events").json()[0]
    body = told["body"]
    assert (told["name"], body["credential"], body["tray_id"]) == ("RefillSealed", who.hex(), 7)
    assert body["slot_s"] == "20" * 28


def test_the_page_tells_where_the_roll_stands(house: House):
    """Number, next pouch and chamber follow what the dispenser tells; in doubt it says so, until a person confirms."""
    roll = RollWard(house)
    first, second = roll.ids[:2]
    assert "Roll 4711 with 4 pouches" in roll.page() and "4711-001 (dose 1)" in roll.page()
    roll.tell(ReleaseIntended(first, 1))
    assert "Nobody can be sure" not in roll.page()  # on its way
    roll.tell(DosePresented(first, 1), DoseTaken(first, 1))
    assert "4711-003 (dose 2)" in roll.page()
    roll.tell(DoseMissed(second, 2, NOON), PouchesRetiring(2, 1))
    assert "Nobody can be sure" in roll.page()
    roll.tell(PouchesRetained(2, 1, 1), DosePresented(roll.ids[2], 3))  # the third lies outside the dispenser
    assert "4711-004 (dose 4)" in roll.page() and "chamber of missed ones: 1" in roll.page()
    roll.tell(PouchesRetained(0, 2, 3), RollConfirmed(9, 2))
    assert "4711-003 (dose 2)" in roll.page() and "chamber of missed ones: 3" in roll.page()
    roll.tell(LidOpened())
    assert "its label decides, or a person" in roll.page()
    roll.tell(ChamberEmptied(3), ReleaseIntended(roll.ids[3], 4), DosePresented(roll.ids[3], 4))
    roll.tell(DoseTaken(roll.ids[3], 4))
    assert "The roll is used up" in roll.page() and "chamber of missed ones: 0" in roll.page()


def test_a_missed_pouch_has_words_of_its_own(house: House):
    """For a missed dose of a roll the board says that its pouches lie in the chamber, and never to give it late."""
    roll = RollWard(house)
    roll.tell(DoseMissed(roll.ids[0], 1, NOON))
    shown = roll.client.get("/api/alarms").json()[0]
    assert "Dose 1 of the roll" in shown["what"] and "cannot be given late" in shown["what"]
    assert "may be given late" not in roll.client.get(f"/alarms/{shown['id']}").text


@pytest.mark.parametrize(
    ("detail", "kind", "by_word"),
    [
        ("refill not finished", "refill_unfinished", False),
        ("roll confirmed by hand", "roll_confirmed", True),
        ("opened without refill", "opened_unfilled", True),
    ],
)
def test_what_was_done_to_a_roll_is_told_apart(house: House, detail, kind, by_word):
    """One code of the exchange, three alarms with words of their own; what a person's word ends has the button."""
    tell(house, AlarmRaised(116, detail, 2))
    client = house.client()
    shown = client.get("/api/alarms").json()[0]
    assert (shown["kind"], shown["code"]) == (kind, 116)
    assert ("/ask/acknowledge" in client.get(f"/alarms/{shown['id']}").text) == by_word
    tell(house, AlarmCleared(116, detail))
    assert states(house) == {kind: "cleared"}


def test_a_pin_is_given_and_taken_back_on_the_page(house: House):
    """The page asks who, shows the PIN once, lists it, and takes it back after one more question."""
    client = house.client()
    path = f"/devices/{house.device.id}/credentials"
    question = client.get(f"{path}/new", headers={"hx-request": "true"}).text
    csrf = question.split('name="csrf" value="')[1].split('"')[0]
    form = {"csrf": csrf, "role": "relative", "label": "Son", "pin": "draw", "tag": "", "until": ""}
    told = client.post(f"{path}/new", data=form, headers={"hx-request": "true"}).text
    pin = told.split('class="pin">')[1].split("<")[0]
    page = client.get(f"/devices/{house.device.id}").text
    assert len(pin) == 6 and pin not in page and "Son" in page and "not in the dispenser yet" in page
    wrong = client.post(f"{path}/new", data={**form, "pin": ""}, headers={"hx-request": "true"}).text
    assert "Choose a PIN, a tag or both" in wrong
    credential = page.split("/credentials/")[1].split("/")[0]
    asked = client.get(f"{path}/{credential}/revoke").text
    assert "relative: Son" in asked
    answer = client.post(f"{path}/{credential}/revoke", data={"csrf": csrf}, headers={"hx-request": "true"})
    assert "Take back a PIN or tag" in answer.headers["hx-trigger"]
    assert client.post(f"{path}/new", data={**form, "csrf": "x"}).status_code == 403


def test_a_roll_is_confirmed_on_the_page(house: House):
    """The page lists the pouches by label and dose; who has read one confirms it."""
    roll = RollWard(house)
    path = f"/devices/{roll.device.id}/roll/confirm"
    question = roll.client.get(path, headers={"hx-request": "true"}).text
    assert "4711-003 · Dose 2 of the roll" in question and "dose 3" not in question.lower()
    csrf = question.split('name="csrf" value="')[1].split('"')[0]
    empty = roll.client.post(path, data={"csrf": csrf, "slot": ""}, headers={"hx-request": "true"}).text
    assert "must be from 1 to 4" in empty
    done = roll.client.post(path, data={"csrf": csrf, "slot": "2"}, headers={"hx-request": "true"})
    assert "Confirm the roll" in done.headers["hx-trigger"]
