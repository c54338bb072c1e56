"""A relative holds the wrong trays there, gives up, and comes back with the right one."""

import os
from typing import Any

from protocol.dose_events import CAUSE_REFILL
from protocol.refill_events import (
    REFUSED_ALREADY_USED,
    REFUSED_UNREADABLE,
    REFUSED_WRONG_PATIENT,
    REFUSED_WRONG_PERIOD,
    WAY_SWAP,
)
from protocol.tray_tag import TrayTag, decode
from tools.demo.filler import BACK, OK, Filler
from tools.demo.flat import Seen, wanted
from tools.demo.refill_story import RELATIVE_TAG, TRAY_UID, RefillStory
from tools.demo.stage import row, short
from tools.demo.story import step

NOT_FINISHED = 116  # code of the Norwegian exchange, 1.16
DAY_S = 86400


class WrongTray(RefillStory):
    """Each wrong tray is refused in words; given up, nothing is released; the right tray ends that."""

    NAME = "wrong-tray"
    LEAD_S = 480  # five trays are tried first

    @step("the son gets a tag, and the new plan is stored")
    def tag(self) -> Seen:
        self.son = Filler(self.stage, "relative")
        self.son.gets_tag(RELATIVE_TAG)
        self.used = self.stage.plan_id
        seen = self.store_next()
        self.right = decode(bytes.fromhex(self.tray_tag()))
        return seen

    @step("he touches a key, holds his tag there, opens, and puts a tray in")
    def begin(self) -> Seen:
        seen = self.son.identifies()
        self.put_in()
        return {**seen, "screens": self.son.handed_over()}

    @step("a neighbour's tray: it is not for this box")
    def neighbour(self) -> Seen:
        return self.wrong("not for", REFUSED_WRONG_PATIENT, device_id=os.urandom(8))

    @step("the tray of another week: it is for another time")
    def week(self) -> Seen:
        times_s = {"from_s": self.right.from_s + 7 * DAY_S, "to_s": self.right.to_s + 7 * DAY_S}
        return self.wrong("another time", REFUSED_WRONG_PERIOD, plan_id=os.urandom(16), **times_s)

    @step("the tray that has just come out: it has been in the box before")
    def used_tray(self) -> Seen:
        return self.wrong("before", REFUSED_ALREADY_USED, plan_id=bytes.fromhex(self.used))

    @step("a tag that is broken: try again")
    def broken(self) -> Seen:
        self.son.types(OK)
        self.son.reads("Its tag")
        self.son.holds(TRAY_UID)
        return self.refused("cannot", REFUSED_UNREADABLE)

    @step("he gives up: no medicine until it is filled, and an alarm on the board")
    def gives_up(self) -> Seen:
        self.son.types(BACK)
        self.son.reads("put it in")
        self.son.types(BACK)
        self.son.reads("Fill here")
        self.son.types(BACK)
        self.son.reads("Stop now?")
        self.son.hears(lambda: self.son.types(OK), "Not done")
        event = self.stage.event("RefillAborted", credential=self.son.credential, touched=True)
        self.son.lid(False)
        alarm = self.stage.alarm(code=NOT_FINISHED, condition="active")
        return {**row(alarm), **short(event), "screens": self.son.handed_over()}

    @step("dose 1's time: a press moves nothing, and says so")
    def press(self) -> Seen:
        self.flat.until_s(self.first_due_s + 10)
        seen = self.flat.press_in_vain("")
        self.stage.event("PressRefused", cause=CAUSE_REFILL)
        return seen

    @step("back with the right tray: read, turned, sealed; the alarm ends by itself")
    def right_tray(self) -> Seen:
        seen = self.son.identifies()
        self.put_in()
        self.son.holds(TRAY_UID, self.right.encode().hex())
        self.son.reads("Close lid")
        self.son.takes_tag_away()
        self.son.lid(False)
        self.son.agrees("First dose")
        sealed = self.sealed(self.son, way=WAY_SWAP, differences=[])
        alarm = self.stage.alarm(code=NOT_FINISHED, condition="cleared")
        return {**row(alarm), **sealed, "screens": seen["screens"] + self.son.handed_over()}

    @step("the old dose that could not be given meanwhile is told, and a person is called")
    def withheld(self) -> Seen:
        event = self.stage.event("DoseWithheld", dose_id=self.old[0], cause=CAUSE_REFILL)
        return {**row(self.stage.alarm(kind="withheld", condition="active")), **short(event)}

    @step("first dose of the new plan due, pressed and taken")
    def next_dose(self) -> Seen:
        self.stage.event("DoseDue", 1)
        seen = self.stage.press_and_take(1, slot=1)
        return {**short(self.stage.event("DoseTaken", 1)), **seen}

    def put_in(self) -> None:
        """From the first question to the one for the tray's tag."""
        self.son.reads("Fill here")
        self.son.types("1")
        self.son.reads("Open the lid")
        self.son.lid(True)
        self.son.reads("put it in")
        self.flat.bench("tray", slots={str(slot): pills for slot, pills in self.tablets().items()})
        self.son.types(OK)
        self.son.reads("Its tag")

    def wrong(self, words: str, cause: int, **changes: Any) -> Seen:
        """Hold the tag of a tray that differs in this from the right one."""
        facts = {name: getattr(self.right, name) for _, name in TrayTag.FIELDS}
        self.son.holds(TRAY_UID, TrayTag(**{**facts, **changes}).encode().hex())
        return self.refused(words, cause)

    def refused(self, words: str, cause: int) -> Seen:
        """The words on the panel, and the event."""
        lines = self.son.reads(words)
        self.son.takes_tag_away()
        event = self.stage.event("RefillRefused", cause=cause)
        wanted(event["body"]["credential"] == self.son.credential, "the credential of who held it there")
        return {**short(event), "cause": cause, "text": lines}
