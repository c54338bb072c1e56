"""By hand or from the dispenser, never both: what one person says of a dose binds the next one (hazard U-31)."""

from collections.abc import Iterator

import pytest

from centre.board import device_view
from centre.board.words import LANGUAGES, catalogue
from centre.core.given_once import SETTLES
from centre.core.kinds import DOSE_REASONS, MESSAGE_REASONS
from centre.tests.conftest import House
from centre.tests.ward import Ward
from protocol.device_events import Authorised, CommandAccepted, CommandRefused
from protocol.dose_events import (
    CAUSE_MECHANISM,
    ENDED_ALL_DONE,
    ENDED_TIME,
    LATE_RETURNED,
    LATE_TAKEN,
    RELEASE_EARLY,
    RELEASE_LATE,
    AuthorisationEnded,
    DoseMissed,
    DoseTaken,
    DoseUncertain,
    DoseWithheld,
    LateRelease,
    PreAlarm,
    ReleaseIntended,
)
from protocol.errors import NOT_READY

BY_HAND = "given_by_staff"


class TwoPeople(Ward):
    """A dose that one person has dealt with and another asks for."""

    def alarm_id(self, number: int = 0) -> int:
        """The row of a dose."""
        cause = f"dose:{self.ids[number]}"
        return next(row.id for row in self.house.alarms() if row.cause == cause)

    def say(self, verb: str, **wish: str):
        """Somebody does this to the first dose's alarm."""
        return self.client.post(f"/api/alarms/{self.alarm_id()}/{verb}", json=wish)

    def close(self, reason: str, comment: str = ""):
        """Somebody takes the first dose's alarm and closes it."""
        self.say("claim")
        return self.say("close", reason=reason, comment=comment)

    def closed(self, reason: str, comment: str = "") -> None:
        """The same, and it was done."""
        answer = self.close(reason, comment)
        assert answer.status_code == 200, answer.text

    def released_late(self, *numbers: int) -> int:
        """Somebody authorises it, and the dispenser says that it stands open."""
        answer = self.release("late", *(numbers or (0,)), minutes=30)
        assert answer.status_code == 201, answer.text
        counter = answer.json()["counter"]
        until_s = self.orders()[counter - 1].until_s
        self.tell(CommandAccepted(counter, 20), Authorised(counter, RELEASE_LATE, until_s, 1))
        return counter


@pytest.fixture
def ward(house: House) -> Iterator[TwoPeople]:
    yield TwoPeople(house)


def offers(ward: TwoPeople) -> list[str]:
    """What the dispenser's page offers for the first dose."""
    page = ward.client.get(f"/devices/{ward.device.id}").text
    return [verb for verb in device_view.VERBS if f'id="ask-{verb}-{ward.ids[0]}"' in page]


def offers_in_alarm(ward: TwoPeople) -> bool:
    """True if the panel of the dose's alarm offers to give it late."""
    return f"/ask/late?of={ward.ids[0]}" in ward.client.get(f"/alarms/{ward.alarm_id()}").text


def test_every_reason_says_whether_the_dose_may_still_come():
    """No reason to close a dose's alarm leaves it open whether the dispenser may still give that dose."""
    assert set(SETTLES) == {*DOSE_REASONS, *MESSAGE_REASONS}


@pytest.mark.parametrize("reason", [reason for reason, settles in SETTLES.items() if settles])
def test_a_dose_that_a_colleague_has_settled_is_not_let_out_late(ward: TwoPeople, reason: str):
    """Given by hand, taken after a call, skipped on advice: the next person reads who closed it, when and how."""
    ward.missed(0)
    assert offers(ward) == ["late"] and offers_in_alarm(ward)
    ward.closed(reason, "Kari gave it at the door." if reason == "other" else "")
    answer = ward.release("late", 0, minutes=30)
    said = answer.json()["error"]
    how = "Kari gave it at the door." if reason == "other" else catalogue("en")[f"reason.{reason}"]
    assert answer.status_code == 409 and "demo closed its alarm at " in said and how in said, said
    assert answer.json()["why"] == "settled" and len(ward.orders()) == 1
    assert offers(ward) == [] and not offers_in_alarm(ward)
    page = ward.client.get(f"/devices/{ward.device.id}").text
    assert "demo closed its alarm" in page and how in page


@pytest.mark.parametrize("reason", [reason for reason, settles in SETTLES.items() if not settles])
def test_a_dose_that_nobody_has_had_can_still_be_let_out_late(ward: TwoPeople, reason: str):
    """A patient who was away, or a test, is no reason to keep the dose from them."""
    ward.missed(0)
    ward.closed(reason)
    assert ward.release("late", 0, minutes=30).status_code == 201


def test_a_withheld_dose_that_was_given_by_hand_stays_locked(ward: TwoPeople):
    """What the dispenser held back and a colleague gave is not let out on top of it."""
    first = bytes.fromhex(ward.ids[0])
    ward.tell(DoseWithheld(first, 1, CAUSE_MECHANISM))
    ward.later(700)
    ward.closed(BY_HAND)
    assert ward.release("late", 0, minutes=30).json()["why"] == "settled"


def test_a_dose_given_by_hand_in_its_time_is_not_let_out_early(ward: TwoPeople):
    """Not yet missed, and given by hand: it is let out neither early for a trip nor together with others."""
    ward.later(120)
    ward.tell(PreAlarm(bytes.fromhex(ward.ids[0]), 1, ward.now_s + 660))
    ward.closed(BY_HAND)
    assert ward.release("early", 0).json()["why"] == "settled"
    assert ward.release("early", 0, 2).json()["why"] == "settled"
    assert ward.release("early", 2).status_code == 201


def test_a_dose_for_staff_that_they_gave_by_hand_is_not_let_out(ward: TwoPeople):
    """The helper gave it out of her own hand: the next helper cannot let it out."""
    ward.later(7200)
    ward.tell(PreAlarm(bytes.fromhex(ward.ids[1]), 2, ward.now_s + 7800))
    ward.client.post(f"/api/alarms/{ward.alarm_id(1)}/claim", json={})
    closed = ward.client.post(f"/api/alarms/{ward.alarm_id(1)}/close", json={"reason": BY_HAND})
    assert closed.status_code == 200, closed.text
    assert ward.release("assisted", 1, minutes=5).json()["why"] == "settled"


def test_the_dispensers_own_alarm_does_not_wipe_out_what_a_person_said(ward: TwoPeople):
    """Given by hand before its time was over: when the dispenser calls it missed, it still stays locked."""
    first = bytes.fromhex(ward.ids[0])
    ward.later(120)
    ward.tell(PreAlarm(first, 1, ward.now_s + 660))
    ward.closed(BY_HAND)
    ward.later(600)
    ward.tell(DoseMissed(first, 1, ward.now_s))
    answer = ward.release("late", 0, minutes=30)
    assert answer.status_code == 409 and "Given by staff" in answer.json()["error"]
    ward.closed("away")  # ... until somebody who knows better says so
    assert ward.release("late", 0, minutes=30).status_code == 201


def test_a_wrong_word_can_be_taken_back(ward: TwoPeople):
    """Closed by mistake and opened again: the dose can be let out late, and every step stands in the trail."""
    ward.missed(0)
    ward.closed(BY_HAND)
    assert ward.release("late", 0, minutes=30).status_code == 409
    assert ward.say("reopen").status_code == 200
    assert ward.release("late", 0, minutes=30).status_code == 201
    trail = ward.client.get(f"/api/alarms/{ward.alarm_id()}").json()["audit"]
    assert [row["verb"] for row in trail] == ["raise", "claim", "close", "reopen"]


@pytest.mark.parametrize("reason", [reason for reason, settles in SETTLES.items() if settles])
def test_an_open_release_keeps_the_alarm_open(ward: TwoPeople, reason: str):
    """While the dispenser may let the dose out, nobody closes it as given: they read until when, and what to do."""
    ward.missed(0)
    ward.released_late()
    answer = ward.close(reason, "given at the door")
    said = answer.json()["error"]
    assert answer.status_code == 409 and answer.json()["why"] == "still_open"
    assert "until " in said and "pause the dispenser" in said, said
    assert ward.say("close", reason="away").status_code == 200


def test_an_order_that_still_waits_keeps_the_alarm_open(ward: TwoPeople):
    """An order on its way counts as open: the dispenser may have heard it."""
    ward.missed(0)
    ward.release("late", 0, minutes=30)
    assert ward.close(BY_HAND).status_code == 409


def test_an_order_that_the_dispenser_refused_keeps_nothing_open(ward: TwoPeople):
    """The dispenser could not: whoever gave the dose by hand closes its alarm."""
    ward.missed(0)
    counter = ward.release("late", 0, minutes=30).json()["counter"]
    ward.tell(CommandRefused(counter, 20, NOT_READY))
    assert ward.close(BY_HAND).status_code == 200


@pytest.mark.parametrize(("result", "reason"), [(LATE_TAKEN, "given_late"), (LATE_RETURNED, BY_HAND)])
def test_when_the_late_dose_has_its_result_the_alarm_is_closed(ward: TwoPeople, result: int, reason: str):
    """Taken late, or locked again: then the alarm closes, whatever else the order still names."""
    ward.missed(0)
    counter, first = ward.released_late(), bytes.fromhex(ward.ids[0])
    ward.tell(ReleaseIntended(first, 1, RELEASE_LATE, counter))
    assert ward.close(reason).status_code == 409
    ward.tell(LateRelease(first, 1, counter, result))
    assert ward.close(reason).status_code == 200


@pytest.mark.parametrize("reason", [ENDED_TIME, ENDED_ALL_DONE])
def test_when_the_order_has_ended_the_alarm_is_closed(ward: TwoPeople, reason: int):
    """The dispenser says that the order has ended: then the alarm closes."""
    ward.missed(0)
    counter = ward.released_late()
    assert ward.close(BY_HAND).status_code == 409
    ward.tell(AuthorisationEnded(counter, RELEASE_LATE, reason, 0, 1))
    assert ward.close(BY_HAND).status_code == 200


def test_a_silent_dispenser_keeps_nobody_waiting_for_ever(ward: TwoPeople):
    """No word came: when the time of the order, and a minute for the clocks, are over, the alarm closes."""
    ward.missed(0)
    ward.released_late()
    ward.later(1800)
    assert ward.close(BY_HAND).status_code == 409
    ward.later(62)
    assert ward.close(BY_HAND).status_code == 200


def test_a_dose_for_a_trip_that_is_taken_keeps_no_alarm_open(ward: TwoPeople):
    """Of an order for a trip, the dose that is taken is settled; the other one is still open."""
    ward.later(120)
    first = bytes.fromhex(ward.ids[0])
    ward.tell(PreAlarm(first, 1, ward.now_s + 660))
    counter = ward.release("early", 0, 2).json()["counter"]
    assert ward.close("taken_after_call").status_code == 409
    ward.tell(ReleaseIntended(first, 1, RELEASE_EARLY, counter), DoseTaken(first, 1, RELEASE_EARLY))
    assert ward.close("taken_after_call").status_code == 200


def test_the_board_says_it_too(ward: TwoPeople):
    """In the dialog an operator reads until when the release is open, and the row stays as it is."""
    ward.missed(0)
    ward.released_late()
    ward.say("claim")
    token = {"X-CSRF-Token": csrf(ward), "HX-Request": "true", "HX-Target": "dialog"}
    answer = ward.client.post(f"/alarms/{ward.alarm_id()}/close", data={"reason": BY_HAND}, headers=token)
    assert "may still let this dose out until " in answer.text
    assert [row.alarm.handling for row in ward.house.alarms() if row.id == ward.alarm_id()] == ["claimed"]


def test_an_uncertain_dose_is_never_let_out(ward: TwoPeople):
    """Nobody knows if it was given: it is let out neither late nor early, and staff read why."""
    first = bytes.fromhex(ward.ids[0])
    ward.tell(ReleaseIntended(first, 1), DoseUncertain(first, 1, 1))
    early = ward.release("early", 0)
    ward.later(700)
    late = ward.release("late", 0, minutes=30)
    assert (early.status_code, late.status_code) == (409, 409)
    assert "uncertain" in early.json()["error"] and "released once" in late.json()["error"]
    assert offers(ward) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_refusals_are_one_sentence_in_every_language(language: str):
    """Each language says it in one sentence."""
    words = catalogue(language)
    for key in ("order.settled", "refused.still_open"):
        assert words[key].endswith(".") and words[key].count(". ") == 0


def csrf(ward: TwoPeople) -> str:
    """The token of this person's session, as the page carries it."""
    return ward.client.get("/").text.partition('X-CSRF-Token": "')[2].partition('"')[0]
