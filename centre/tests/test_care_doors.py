"""What staff ask of a dispenser, over the JSON doors: done and signed, or refused in one sentence, and nothing half."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from centre.edges.tables.alarms import audit
from centre.tests.conftest import TENANT, House
from centre.tests.ward import HOUR_S, Ward
from protocol.commands import (
    AcknowledgeAlarm,
    AuthoriseRelease,
    CancelDose,
    Pause,
    Resume,
    StoreLoadPlan,
)
from protocol.device_events import AlarmRaised, Paused, Resumed
from protocol.dose_events import (
    CAUSE_CANCELLED,
    CAUSE_MECHANISM,
    LATE_TAKEN,
    RELEASE_EARLY,
    RELEASE_LATE,
    DoseDue,
    DosePresented,
    DoseTaken,
    DoseWithheld,
    LateRelease,
    ReleaseIntended,
)


@pytest.fixture
def ward(house: House) -> Iterator[Ward]:
    yield Ward(house)


def test_staff_let_a_missed_dose_out_late(ward: Ward):
    """A missed dose is let out late on staff's word: the order names the dose, its kind and when it ends."""
    ward.missed(0)
    answer = ward.release("late", 0, minutes=30)
    assert answer.status_code == 201, answer.text
    order = ward.orders()[answer.json()["counter"] - 1]
    until_s = ward.house.clock.utc_s() + 1800
    assert isinstance(order, AuthoriseRelease) and abs(order.until_s - until_s) <= 2
    assert (order.kind, order.dose_ids) == (RELEASE_LATE, (bytes.fromhex(ward.ids[0]),))


def test_doses_for_a_trip_go_into_one_order(ward: Ward):
    """Several doses for a trip are one order, with the time when the patient is home again."""
    home_s = ward.house.clock.utc_s() + 90_000
    answer = ward.release("early", 0, 2, minutes=240, trip_until_s=home_s)
    assert answer.status_code == 201, answer.text
    order = ward.orders()[-1]
    assert isinstance(order, AuthoriseRelease) and (order.kind, order.trip_until_s) == (RELEASE_EARLY, home_s)
    assert len(order.dose_ids) == 2
    assert order.until_s <= ward.house.clock.utc_s() + 240 * 60 - 59  # a clock a minute off still takes it


def test_a_dose_for_staff_is_let_out_while_they_are_there(ward: Ward):
    """A dose that only staff may give is let out for as long as its window lasts."""
    assert ward.release("assisted", 1, minutes=60).status_code == 201
    assert ward.release("assisted", 0, minutes=5).status_code == 409


@pytest.mark.parametrize(
    ("wish", "status", "words"),
    [
        ({"kind": "soon", "dose_ids": ["00"], "minutes": 5}, 422, "must be one of early, late, assisted"),
        ({"kind": "early", "dose_ids": [], "minutes": 5}, 422, "Choose from 1 to 56 doses."),
        ({"kind": "early", "dose_ids": "all", "minutes": 5}, 422, "must be a list of dose ids"),
        ({"kind": "early", "dose_ids": [1], "minutes": 5}, 422, "must be a list of dose ids"),
        ({"kind": "early", "dose_ids": ["00"] * 2, "minutes": 5}, 422, "named twice"),
        ({"kind": "early", "dose_ids": ["00"], "minutes": 241}, 422, "from 1 to 240 minutes"),
        ({"kind": "early", "dose_ids": ["00"], "minutes": 0}, 422, "from 1 to 240 minutes"),
        ({"kind": "early", "dose_ids": ["00"], "minutes": "60"}, 422, "whole number"),
        ({"kind": "early", "dose_ids": ["00"], "minutes": True}, 422, "whole number"),
        ({"kind": "early", "dose_ids": ["00"], "trip_until_s": 5}, 422, "must be in the future"),
        ({"kind": "late", "dose_ids": ["00"], "trip_until_s": 4_000_000_000}, 422, "only an early release"),
        ({"kind": "early", "dose_ids": ["00"], "colour": 1}, 422, "no others"),
        ({"kind": "early", "dose_ids": ["00"]}, 404, "no dose 00"),
        ([], 422, "Send a JSON object"),
    ],
)
def test_an_unclear_wish_is_refused_in_words(ward: Ward, wish, status, words):
    """Whatever is wrong with a wish, staff read one sentence, and nothing is signed."""
    before = ward.orders()
    answer = ward.post("/release", wish)
    assert (answer.status_code, words in answer.json()["error"]) == (status, True), answer.text
    assert ward.orders() == before


def test_a_dose_is_not_let_out_where_it_cannot_be(ward: Ward):
    """Taken, not yet missed, or with no time left: staff read which dose and why, and the dispenser is not asked."""
    assert "Only a missed or held back dose" in ward.release("late", 0).json()["error"]
    ward.missed(0)
    too_long = ward.release("late", 0, minutes=120)
    assert too_long.status_code == 409 and "it can be given until" in too_long.json()["error"]
    assert ward.release("early", 0).status_code == 409
    ward.later(HOUR_S)
    assert "Leave it locked and ask the doctor" in ward.release("late", 0).json()["error"]
    third = bytes.fromhex(ward.ids[2])
    ward.tell(ReleaseIntended(third, 3), DosePresented(third, 3), DoseTaken(third, 3))
    assert "taken. That cannot be changed" in ward.release("early", 2).json()["error"]
    assert [type(order) for order in ward.orders()] == [StoreLoadPlan]


def test_one_bad_dose_refuses_the_whole_order(ward: Ward):
    """When one dose of several cannot be let out, none is."""
    first = bytes.fromhex(ward.ids[0])
    ward.tell(ReleaseIntended(first, 1), DosePresented(first, 1), DoseTaken(first, 1))
    assert ward.release("early", 0, 2).status_code == 409
    assert len(ward.orders()) == 1


def test_a_dose_that_was_once_on_its_way_is_never_let_out_late(ward: Ward):
    """After a stop half-way nobody can know: such a dose is not to be had late, and staff are told to ask."""
    first = bytes.fromhex(ward.ids[0])
    ward.tell(ReleaseIntended(first, 1), DoseWithheld(first, 1, CAUSE_MECHANISM))
    ward.later(700)
    assert "released once" in ward.release("late", 0, minutes=5).json()["error"]


def test_pause_and_resume(ward: Ward):
    """A dispenser is paused with a reason and resumed from a chosen time; what makes no sense is refused."""
    assert ward.post("/resume", {"from_s": ward.now_s}).status_code == 409
    assert ward.post("/pause", {"reason": "boredom"}).status_code == 422
    assert ward.post("/pause", {"reason": "hospital"}).status_code == 201
    assert ward.orders()[-1] == Pause(1)
    ward.tell(Paused(2, 1))
    again = ward.post("/pause", {"reason": "holiday"})
    assert again.status_code == 409 and "has been paused since" in again.json()["error"]
    assert "resume it first" in ward.release("early", 0).json()["error"]
    assert ward.post("/resume", {"from_s": ward.now_s + 40 * 86400}).status_code == 422
    assert ward.post("/resume", {"from_s": ward.now_s + 7200}).status_code == 201
    assert ward.orders()[-1] == Resume(ward.now_s + 7200)
    ward.tell(Resumed(3, ward.now_s + 7200))
    assert ward.post("/pause", {"reason": "other"}).status_code == 201


def test_no_pause_while_a_dose_is_in_hand(ward: Ward):
    """While the patient has a dose before them, staff read so instead of pausing."""
    first = bytes.fromhex(ward.ids[0])
    ward.tell(DoseDue(first, 1), ReleaseIntended(first, 1))
    assert "on its way to the patient" in ward.post("/pause", {"reason": "hospital"}).json()["error"]


def test_one_dose_is_cancelled(ward: Ward):
    """One dose is taken out of the plan, once; an ended or unknown one is not."""
    assert ward.post(f"/doses/{ward.ids[1]}/cancel", {}).status_code == 201
    assert ward.orders()[-1] == CancelDose(bytes.fromhex(ward.ids[1]))
    ward.tell(DoseWithheld(bytes.fromhex(ward.ids[1]), 2, CAUSE_CANCELLED))
    assert ward.post(f"/doses/{ward.ids[1]}/cancel", {}).status_code == 409
    assert ward.post("/doses/ff/cancel", {}).status_code == 404


def test_an_alarm_of_the_dispenser_is_acknowledged(ward: Ward):
    """Staff tell the dispenser that its alarm was seen; one that does not stand is refused."""
    assert ward.post("/acknowledge", {"code": 112}).status_code == 409
    ward.tell(AlarmRaised(112, "", 1))
    assert ward.post("/acknowledge", {"code": "112"}).status_code == 422
    assert ward.post("/acknowledge", {"code": 112}).status_code == 201
    assert ward.orders()[-1] == AcknowledgeAlarm(112)


def test_a_fault_that_ends_with_a_persons_word_offers_it(ward: Ward):
    """A damaged journal or a false receipt waits for a person, and the board has the button; a jam has none."""
    ward.tell(AlarmRaised(105, "journal damaged", 2), AlarmRaised(105, "mechanism: stalled", 2))
    rows = ward.client.get("/api/alarms").json()
    offered = {
        row["facts"]["detail"]: "/ask/acknowledge" in ward.client.get(f"/alarms/{row['id']}").text
        for row in rows
        if row["code"] == 105
    }
    assert offered == {"journal damaged": True, "mechanism: stalled": False}


def test_a_replan_keeps_what_stays_and_names_what_is_new(ward: Ward):
    """A dose in the same compartment for the same time keeps its name; the plan keeps its own and a higher version."""
    doses = [ward.dose(1, 60), {**ward.dose(3, 5), "pills": 2}, {**ward.dose(4, 8)}]
    answer = ward.post(f"/plans/{ward.plan_id}/replan", {"doses": doses})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["plan_id"], made["version"]) == (ward.plan_id, ward.version + 1)
    names = [dose["dose_id"] for dose in made["doses"]]
    assert names[:2] == [ward.ids[0], ward.ids[2]] and names[2] not in ward.ids
    assert ward.client.post(f"{ward.path}/plans/{ward.plan_id}/activate", json={}).status_code == 201
    assert ward.orders()[-1].version == ward.version + 1


def test_a_replan_may_keep_a_dose_whose_time_has_begun(ward: Ward):
    """What is due just now stays in the plan under its own name; a new dose in the past is refused."""
    ward.later(120)
    kept = ward.post(f"/plans/{ward.plan_id}/replan", {"doses": [ward.dose(1, 60), ward.dose(3, 5)]})
    assert kept.status_code == 201, kept.text
    late = ward.post(f"/plans/{ward.plan_id}/replan", {"doses": [{"slot": 9, "due_s": ward.now_s}]})
    assert late.status_code == 422 and "already past" in late.json()["error"]


def test_a_replan_never_uses_a_compartment_or_a_time_twice(ward: Ward):
    """No new dose goes into a used compartment, nor into a time in which something was given: staff read why."""
    ward.missed(0)
    doses = [ward.dose(3, 5), {"slot": 1, "due_s": ward.now_s + 9 * HOUR_S}]
    used = ward.post(f"/plans/{ward.plan_id}/replan", {"doses": doses})
    assert used.status_code == 422 and "has been used" in used.json()["error"]
    first = bytes.fromhex(ward.ids[2])
    ward.tell(ReleaseIntended(first, 3, RELEASE_EARLY, 2), DoseTaken(first, 3, RELEASE_EARLY))
    fresh = {"doses": [{"slot": 1, "due_s": ward.now_s + 4 * HOUR_S}]}
    meanwhile = ward.post("/plans", fresh)
    assert meanwhile.status_code == 422 and "has dealt with" in meanwhile.json()["error"]


def test_a_dose_that_came_late_counts_until_its_latest_moment(ward: Ward):
    """After a late release nothing new opens before that dose's latest safe moment."""
    ward.missed(0)
    first = bytes.fromhex(ward.ids[0])
    ward.tell(ReleaseIntended(first, 1, RELEASE_LATE, 2), LateRelease(first, 1, 2, LATE_TAKEN))
    soon = ward.post("/plans", {"doses": [{"slot": 1, "due_s": ward.now_s + 3000}]})
    assert soon.status_code == 422 and "has dealt with" in soon.json()["error"]
    assert ward.post("/plans", {"doses": [{"slot": 1, "due_s": ward.now_s + 3660}]}).status_code == 201


def test_only_the_plan_in_force_is_replanned(ward: Ward):
    """A plan that the dispenser does not dose by is not changed but made anew."""
    other = ward.post("/plans", {"doses": [ward.dose(4, 8)]}).json()["plan_id"]
    assert ward.post(f"/plans/{other}/replan", {"doses": [ward.dose(4, 8)]}).status_code == 409
    assert ward.post(f"/plans/{'0' * 32}/replan", {"doses": [ward.dose(4, 8)]}).status_code == 404
    assert ward.post(f"/plans/{ward.plan_id}/replan", {"doses": []}).status_code == 422


def test_the_doses_and_what_became_of_them(ward: Ward):
    """Staff see of each dose what the plan says, what became of it, who allowed it, and how a late one ended."""
    ward.missed(0)
    first, third = bytes.fromhex(ward.ids[0]), bytes.fromhex(ward.ids[2])
    ward.tell(ReleaseIntended(first, 1, RELEASE_LATE, 2), LateRelease(first, 1, 2, LATE_TAKEN))
    ward.tell(ReleaseIntended(third, 3, RELEASE_EARLY, 3), DoseTaken(third, 3, RELEASE_EARLY))
    shown = {dose["slot"]: dose for dose in ward.doses()}
    assert [(d["state"], d["kind"], d["late_result"]) for d in shown.values()] == [
        ("missed", "late", "taken"),
        ("planned", None, None),
        ("taken", "early", None),
    ]
    assert shown[1]["late_until_s"] == shown[1]["due_s"] + HOUR_S and shown[2]["assisted"]
    assert {dose["plan_id"] for dose in shown.values()} == {ward.plan_id}
    assert shown[3]["closes_s"] == shown[3]["due_s"] + 600


def test_nobody_asks_anything_of_an_unknown_dispenser(ward: Ward):
    """A dispenser that nobody has registered is named in the answer."""
    for path, body in (("release", {"kind": "early", "dose_ids": ["00"]}), ("pause", {"reason": "other"})):
        answer = ward.client.post(f"/api/devices/0011223344556677/{path}", json=body)
        assert answer.status_code == 404 and "There is no device" in answer.json()["error"]
    assert ward.client.get("/api/devices/0011223344556677/doses").status_code == 404


def test_every_order_stands_in_the_audit_trail(ward: Ward):
    """Who asked for what, at which desk, is written down with each order, and with no refused one."""
    ward.release("early", 0)
    ward.release("late", 0)
    ward.post("/pause", {"reason": "hospital"})
    with ward.house.database.read() as connection:
        query = select(audit.c.verb, audit.c.actor, audit.c.station).where(audit.c.tenant == TENANT)
        rows = [tuple(row) for row in connection.execute(query.order_by(audit.c.id))]
    assert [row for row in rows if row[0] in ("release", "pause")] == [
        ("release", "demo", "Desk 1"),
        ("pause", "demo", "Desk 1"),
    ]


def test_another_site_cannot_order_through_an_operators_browser(ward: Ward):
    """A form on a foreign page can neither release nor pause."""
    for path in ("release", "pause", "resume", "acknowledge", f"doses/{ward.ids[0]}/cancel"):
        answer = ward.client.post(
            f"{ward.path}/{path}", content=b"{}", headers={"content-type": "text/plain"}
        )
        assert answer.status_code == 403
