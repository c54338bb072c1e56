"""Who may fill, where the roll stands, what a tray's tag says: done and signed, or refused in one sentence."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from centre.core.credentials import is_weak
from centre.edges import registry
from centre.edges.tables.alarms import audit
from centre.edges.tables.homes import credentials
from centre.tests.conftest import TENANT, House
from centre.tests.ward import HOUR_S, Ward
from protocol import tray_tag
from protocol.commands import StoreLoadPlan
from protocol.credentials import pin_hash, tag_hash
from protocol.device_events import CommandAccepted, CommandRefused, PlanActivated
from protocol.dose_events import DosePresented, DoseTaken, ReleaseIntended
from protocol.errors import NO_SUCH_CREDENTIAL, PIN_IN_USE
from protocol.load_plan import MEDIUM_ROLL
from protocol.refill_commands import AddCredential, ConfirmRoll, RevokeCredential
from protocol.refill_events import RefillStarted
from protocol.tray_tag import TrayTag

UID = "04:a1:b2:c3:d4:e5:f6"
ROLL = {"number": "4711", "header": 1, "trailer": 1, "read": True}


@pytest.fixture
def ward(house: House) -> Iterator[Ward]:
    yield Ward(house)


class RollWard:
    """A multidose dispenser with a roll of four doses in force; the third lies outside it."""

    def __init__(self, house: House) -> None:
        with house.database.write() as connection:
            point, hub = house.device.point, house.hub.id
            registry.enrol_device(connection, TENANT, point, "multidose", hub, "Flat 12")
        self.house, self.device, self.client = house, house.device, house.client()
        self.path = f"/api/devices/{house.device.id}"
        now_s = house.clock.utc_s()
        more: dict[int, dict[str, object]] = {1: {"pouches": 2}, 3: {"message_only": True}}
        doses = [
            {"slot": n, "due_s": now_s + n * HOUR_S, "window_s": 600, **more.get(n, {})} for n in range(1, 5)
        ]
        self.written = {"medium": "roll", "roll": ROLL, "doses": doses}
        made = self.post("/plans", self.written).json()
        self.plan_id, self.version = made["plan_id"], made["version"]
        self.ids = [bytes.fromhex(dose["dose_id"]) for dose in made["doses"]]
        self.tell(PlanActivated(bytes.fromhex(self.plan_id), self.version, 4))

    def tell(self, *bodies) -> None:
        self.house.bring(*[self.device.event(body, self.house.clock.utc_s()) for body in bodies])

    def post(self, path: str, body: object):
        return self.client.post(self.path + path, json=body)

    def page(self) -> str:
        return self.client.get(f"/devices/{self.device.id}").text


@pytest.fixture
def roll(house: House) -> RollWard:
    return RollWard(house)


def listed(ward: Ward) -> list[dict]:
    return ward.client.get(ward.path + "/credentials").json()


def test_a_pin_is_drawn_told_once_and_kept_nowhere(ward: Ward):
    """A relative's PIN is six digits in one answer; the dispenser gets its hash, and no list, trail or page has it."""
    wish = {"role": "relative", "label": "Daughter", "pin": True}
    answer = ward.post("/credentials", wish)
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert re.fullmatch("[0-9]{6}", told["pin"]) and not is_weak(told["pin"])
    order = ward.orders()[told["counter"] - 1]
    assert isinstance(order, AddCredential) and order.credential.hex() == told["credential"]
    assert (order.role, order.tag, order.until_s) == (1, None, None)
    assert order.pin == pin_hash(told["pin"], ward.device.raw_id)
    with ward.house.database.read() as connection:
        row = dict(
            connection.execute(select(credentials).where(credentials.c.tenant == TENANT)).mappings().one()
        )
        trail = [str(r) for r in connection.execute(select(audit.c.comment).where(audit.c.tenant == TENANT))]
    page = ward.client.get(f"/devices/{ward.device.id}").text
    assert not any(told["pin"] in text for text in [str(row), str(listed(ward)), page, *trail])
    assert "Daughter" in page and "Daughter" not in repr(order)  # whose it is never leaves the centre


def test_a_tag_and_a_chosen_pin_go_together(ward: Ward):
    """A nurse's tag and her own PIN become one credential; both are asked for, and it ends on its day."""
    until_s = ward.now_s + 90 * 86400
    wish = {"role": "nurse", "tag_uid": UID, "pin": "271828", "until_s": until_s}
    assert ward.post("/credentials", wish).status_code == 201
    order = ward.orders()[-1]
    assert isinstance(order, AddCredential) and (order.role, order.until_s) == (2, until_s)
    assert order.tag == tag_hash(bytes.fromhex("04a1b2c3d4e5f6"), ward.device.raw_id)
    assert order.pin == pin_hash("271828", ward.device.raw_id)
    again = ward.post("/credentials", {"role": "relative", "tag_uid": UID})
    assert again.status_code == 409 and "opens the dispenser already" in again.json()["error"]
    same = ward.post("/credentials", {"role": "relative", "pin": "271828"})
    assert same.status_code == 409 and "in use" in same.json()["error"]


def test_a_credential_lives_as_the_dispenser_says(ward: Ward):
    """Under way, taken, to be ended, ended: the list tells how it stands, and what has ended leaves no hash behind."""
    told = ward.post("/credentials", {"role": "relative", "pin": True}).json()
    states = [listed(ward)[0]["state"]]
    ward.tell(CommandAccepted(told["counter"], AddCredential.TYPE))
    states.append(listed(ward)[0]["state"])
    revoked = ward.post(f"/credentials/{told['credential']}/revoke", {})
    assert revoked.status_code == 201
    assert ward.orders()[-1] == RevokeCredential(bytes.fromhex(told["credential"]))
    states.append(listed(ward)[0]["state"])
    ward.tell(CommandAccepted(revoked.json()["counter"], RevokeCredential.TYPE))
    states.append(listed(ward)[0]["state"])
    assert states == ["sent", "in_force", "revoking", "revoked"]
    with ward.house.database.read() as connection:
        query = select(credentials.c.tag, credentials.c.pin).where(credentials.c.tenant == TENANT)
        assert connection.execute(query).all() == [(None, None)]
    again = ward.post(f"/credentials/{told['credential']}/revoke", {})
    assert again.status_code == 409 and "opens nothing any more" in again.json()["error"]
    assert ward.post(f"/credentials/{'0' * 16}/revoke", {}).status_code == 404


def test_what_the_dispenser_refuses_opens_nothing(ward: Ward):
    """A PIN the dispenser refuses is listed so; one it no longer knows counts as taken back."""
    first, second = [ward.post("/credentials", {"role": "nurse", "pin": True}).json() for _ in range(2)]
    ward.tell(CommandRefused(first["counter"], AddCredential.TYPE, PIN_IN_USE))
    ward.tell(CommandAccepted(second["counter"], AddCredential.TYPE))
    revoked = ward.post(f"/credentials/{second['credential']}/revoke", {}).json()
    ward.tell(CommandRefused(revoked["counter"], RevokeCredential.TYPE, NO_SUCH_CREDENTIAL))
    assert {held["credential"]: held["state"] for held in listed(ward)} == {
        first["credential"]: "refused",
        second["credential"]: "revoked",
    }
    assert ward.house.kinds() == ["command_refused"]  # of the first; what should be gone and is calls nobody


def test_a_dispenser_remembers_eight(ward: Ward):
    """The ninth credential is refused in words until one is taken back."""
    counts = [
        ward.post("/credentials", {"role": "relative", "pin": f"90812{n}"}).status_code for n in range(8)
    ]
    assert counts == [201] * 8
    ninth = ward.post("/credentials", {"role": "relative", "pin": True})
    assert ninth.status_code == 409 and "remembers 8 at most" in ninth.json()["error"]
    assert "/credentials/new" not in ward.client.get(f"/devices/{ward.device.id}").text


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"role": "neighbour", "pin": True}, "must be one of relative, nurse, technician"),
        ({"role": "nurse"}, "Choose a PIN, a tag or both"),
        ({"role": "nurse", "pin": "12345"}, "A PIN has 6 digits"),
        ({"role": "nurse", "pin": "12345a"}, "A PIN has 6 digits"),
        ({"role": "nurse", "pin": 123456}, "A PIN has 6 digits"),
        ({"role": "nurse", "pin": False}, "A PIN has 6 digits"),
        ({"role": "nurse", "tag_uid": "04a1"}, "4, 7 or 10 bytes"),
        ({"role": "nurse", "tag_uid": "not hex"}, "4, 7 or 10 bytes"),
        ({"role": "nurse", "pin": True, "until_s": 5}, "must be a moment that is not past"),
        ({"role": "nurse", "pin": True, "until_s": "soon"}, "whole number"),
        ({"role": "nurse", "pin": True, "label": "x" * 61}, "60 characters at most"),
        ({"role": "nurse", "pin": True, "name": "x"}, "no others"),
    ],
)
def test_an_unclear_credential_is_refused_in_words(wish, words):
    """Whatever is wrong with the wish, staff read one sentence."""
    from centre.board.phrases import Phrases
    from centre.board.refill_api import WISH
    from centre.board.words import Words
    from centre.core.care import UNCLEAR, CareRefused
    from centre.core.credentials import credential_wish

    with pytest.raises(CareRefused) as refused:
        if any(name not in WISH for name in wish):
            raise CareRefused(UNCLEAR, "fields", known=", ".join(WISH))
        credential_wish(wish, 1_795_000_000)
    assert refused.value.fault == UNCLEAR
    assert words in Phrases(Words("en"), {}, None, 0).refusal(refused.value)


def test_another_site_cannot_give_itself_a_pin(ward: Ward):
    """A form on a foreign page can neither add nor take back a credential, nor confirm a roll."""
    for path in ("credentials", "credentials/00/revoke", "roll/confirm"):
        answer = ward.client.post(
            f"{ward.path}/{path}", content=b"{}", headers={"content-type": "text/plain"}
        )
        assert answer.status_code == 403
    assert [type(order) for order in ward.orders()] == [StoreLoadPlan]


def test_a_plan_waits_for_a_refill_until_a_newer_one_takes_its_place(ward: Ward):
    """A plan that nobody activates is shown as waiting; a newer one replaces it, and one in force waits no longer."""
    page = f"/devices/{ward.device.id}"
    first = {"activate": False, "doses": [ward.dose(3, 30)]}
    second = {"activate": False, "doses": [ward.dose(3, 31), ward.dose(4, 40)]}
    assert "waits for a filling" not in ward.client.get(page).text
    ward.post("/plans", first)
    assert "A plan waits for a filling: 1 doses" in ward.client.get(page).text
    made = ward.post("/plans", second).json()
    assert "A plan waits for a filling: 2 doses" in ward.client.get(page).text
    assert [type(order) for order in ward.orders()] == [StoreLoadPlan] * 3
    ward.tell(CommandRefused(made["counter"], StoreLoadPlan.TYPE, 7))
    assert "A plan waits for a filling: 1 doses" in ward.client.get(page).text
    third = ward.post("/plans", second).json()
    ward.tell(PlanActivated(bytes.fromhex(third["plan_id"]), third["version"], 2))
    assert "waits for a filling" not in ward.client.get(page).text
    replan = ward.post(f"/plans/{third['plan_id']}/replan", second)
    assert replan.status_code == 422 and "waits for no refill" in replan.json()["error"]


def test_the_tag_of_a_tray_names_device_plan_and_days(ward: Ward):
    """What staff write on a tray's tag says for which dispenser, plan and days it was filled, and no patient."""
    answer = ward.client.get(f"{ward.path}/plans/{ward.plan_id}/tray-tag?tray=7")
    assert answer.status_code == 200, answer.text
    first_s, last_s = ward.now_s + 60, ward.now_s + 5 * HOUR_S
    expected = TrayTag(7, ward.device.raw_id, bytes.fromhex(ward.plan_id), 3, first_s, last_s)
    assert tray_tag.decode(bytes.fromhex(answer.json()["hex"])) == expected
    assert ward.client.get(f"{ward.path}/plans/{'0' * 32}/tray-tag").status_code == 404
    assert ward.client.get(f"{ward.path}/plans/{ward.plan_id}/tray-tag?tray=-1").status_code == 422


def test_the_tag_spans_the_plan_as_the_dispenser_does(ward: Ward):
    """A plan that begins and ends with medicine outside the tray: its tag says the days that the dispenser compares."""
    now_s = ward.now_s
    lies = [{"message_only": True}, {}, {"message_only": True}]
    doses = [{"slot": n + 1, "due_s": now_s + (30 + n) * HOUR_S, **more} for n, more in enumerate(lies)]
    made = ward.post("/plans", {"doses": doses, "activate": False}).json()
    answer = ward.client.get(f"{ward.path}/plans/{made['plan_id']}/tray-tag?tray=7").json()
    tag = tray_tag.decode(bytes.fromhex(answer["hex"]))
    assert (tag.count, tag.from_s, tag.to_s) == (1, now_s + 30 * HOUR_S, now_s + 32 * HOUR_S)


def test_a_dispenser_takes_what_it_is_made_for(roll: RollWard, tmp_path):
    """A tray's plan for a multidose dispenser is refused in words, and so is a tag for a roll."""
    tray = roll.post("/plans", {"doses": [{"slot": 1, "due_s": roll.house.clock.utc_s() + 90000}]})
    assert tray.status_code == 422 and "This dispenser takes a roll" in tray.json()["error"]
    tag = roll.client.get(f"{roll.path}/plans/{roll.plan_id}/tray-tag?tray=7")
    assert tag.status_code == 409 and "only a tray has a tag" in tag.json()["error"]


def test_a_roll_that_must_be_fed_waits_for_a_refill(roll: RollWard):
    """A roll with empty pouches in front is put in force by a filling at the dispenser and never from the desk."""
    due_s = roll.house.clock.utc_s() + 30 * HOUR_S
    made = roll.post(
        "/plans", {"medium": "roll", "roll": ROLL, "doses": [{"slot": 1, "due_s": due_s}]}
    ).json()
    assert "A plan waits for a filling: 1 doses" in roll.page()
    refused = roll.post(f"/plans/{made['plan_id']}/activate", {})
    assert refused.status_code == 409 and "by a filling at the dispenser" in refused.json()["error"]
    assert roll.post(f"/plans/{roll.plan_id}/activate", {}).status_code == 201  # in force: a replan


def test_a_person_says_where_the_roll_stands(roll: RollWard):
    """Staff vouch for the next pouch by its dose; a dose that is not on the roll, or one in hand, is refused."""
    answer = roll.post("/roll/confirm", {"slot": 2})
    assert answer.status_code == 201, answer.text
    assert Ward.orders(roll)[-1] == ConfirmRoll(2)
    for slot, status, words in (
        (5, 422, "from 1 to 4"),
        (3, 409, "outside the dispenser"),
        ("2", 422, "from 1"),
    ):
        refused = roll.post("/roll/confirm", {"slot": slot})
        assert (refused.status_code, words in refused.json()["error"]) == (status, True), refused.text
    roll.tell(ReleaseIntended(roll.ids[0], 1))
    assert "on its way to the patient" in roll.post("/roll/confirm", {"slot": 2}).json()["error"]
    roll.tell(DosePresented(roll.ids[0], 1), DoseTaken(roll.ids[0], 1))
    assert "cannot be on the roll" in roll.post("/roll/confirm", {"slot": 1}).json()["error"]
    roll.tell(RefillStarted(bytes(8), 2))
    assert "being filled just now" in roll.post("/roll/confirm", {"slot": 2}).json()["error"]


def test_a_tray_has_no_roll_to_confirm(ward: Ward):
    """On a tablet dispenser nobody can confirm a roll."""
    answer = ward.post("/roll/confirm", {"slot": 2})
    assert answer.status_code == 409 and "No plan for a roll" in answer.json()["error"]


def test_on_a_roll_nothing_is_passed_over(roll: RollWard):
    """For a trip the next doses of a roll are chosen without a gap; a dose outside the dispenser is no gap."""
    names = [dose_id.hex() for dose_id in roll.ids]

    def early(*numbers: int):
        return roll.post("/release", {"kind": "early", "dose_ids": [names[n] for n in numbers]})

    refused = early(1)
    assert refused.status_code == 409 and "Choose Dose 1 of the roll" in refused.json()["error"]
    assert early(0, 3).status_code == 409
    assert early(0, 1, 3).status_code == 201
    roll.tell(ReleaseIntended(roll.ids[0], 1), DosePresented(roll.ids[0], 1), DoseTaken(roll.ids[0], 1))
    assert early(1).status_code == 201
    assert "no dose can be given late" not in roll.page()


def test_a_replan_keeps_the_roll_that_lies_there(roll: RollWard):
    """A new version of the plan leaves a dose out; the roll stays as it is, with the pouches of that dose."""
    doses = roll.written["doses"]
    answer = roll.post(f"/plans/{roll.plan_id}/replan", {"medium": "roll", "doses": [doses[0], doses[3]]})
    assert answer.status_code == 201, answer.text
    order = Ward.orders(roll)[-1]
    assert isinstance(order, StoreLoadPlan) and order.plan.medium == MEDIUM_ROLL
    assert order.plan.roll is not None and order.plan.roll.pouches == b"\x02\x01\x00\x01"
    assert [dose.dose_id for dose in order.plan.doses] == [roll.ids[0], roll.ids[3]]
