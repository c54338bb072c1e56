"""A nurse brings a tray that the pharmacy has filled, and one compartment of it is empty."""

from protocol.refill_events import WAY_SWAP
from tools.demo.filler import OK, Filler
from tools.demo.flat import Seen, wanted
from tools.demo.refill_story import NURSE_TAG, TRAY, TRAY_UID, RefillStory
from tools.demo.stage import row, short
from tools.demo.story import step

FORGOTTEN = 3  # slot


class RefillSwap(RefillStory):
    """A nurse swaps the tray: its tag is read, a full turn finds a forgotten slot; a missed dose stays."""

    NAME = "refill-swap"

    @step("a nurse gets a tag")
    def tag(self) -> Seen:
        self.nurse = Filler(self.stage, "nurse")
        return self.nurse.gets_tag(NURSE_TAG)

    @step("dose 1 of the old plan is missed: an alarm on the board")
    def missed(self) -> Seen:
        event = self.stage.event("DoseMissed", 1)
        alarm = self.stage.alarm(kind="missed", condition="active")
        self.missed_id = alarm["id"]
        return {**row(alarm), **short(event)}

    @step("the new plan is stored, and the centre tells what the new tray's tag must say")
    def waits(self) -> Seen:
        seen = self.store_next()
        self.tag_hex = self.tray_tag()
        return {**seen, "tray": TRAY, "tag": self.tag_hex}

    @step("she touches a key and holds her tag there")
    def identify(self) -> Seen:
        return self.nurse.identifies()

    @step("new tray: lid open, old one out, new one in, its tag read")
    def swap(self) -> Seen:
        self.nurse.reads("Fill here")
        self.nurse.types("1")
        self.nurse.reads("Open the lid")
        self.nurse.lid(True)
        self.nurse.reads("put it in")
        slots = {str(slot): pills for slot, pills in self.tablets().items() if slot != FORGOTTEN}
        self.flat.bench("tray", slots=slots)
        self.nurse.types(OK)
        self.nurse.reads("Its tag")
        self.nurse.holds(TRAY_UID, self.tag_hex)
        self.nurse.reads("Close lid")
        self.nurse.takes_tag_away()
        return {"at_utc_s": self.stage.town.now_s(), "screens": self.nurse.handed_over()}

    @step("lid closed: one full turn finds the slot that was forgotten, and names it")
    def difference(self) -> Seen:
        self.nurse.lid(False)
        lines = self.nurse.reads("Empty?")
        self.nurse.types(OK)
        self.nurse.reads("I vouch for it")
        return {"at_utc_s": self.stage.town.now_s(), "text": lines, "screens": self.nurse.handed_over()}

    @step("she opens and puts it right; the next turn finds nothing")
    def correct(self) -> Seen:
        self.nurse.types("1")
        self.nurse.reads("Open the lid")
        self.nurse.lid(True)
        self.nurse.fills({FORGOTTEN: self.tablets()[FORGOTTEN]})
        self.nurse.reads("Close lid")
        self.nurse.lid(False)
        self.nurse.reads("First dose")
        return {"at_utc_s": self.stage.town.now_s(), "screens": self.nurse.handed_over()}

    @step("first dose confirmed: sealed with the tray's number, the new plan in force")
    def seal(self) -> Seen:
        said = self.nurse.hears(lambda: self.nurse.types(OK), "Thank you")
        seen = self.sealed(self.nurse, way=WAY_SWAP, differences=[], tray_id=TRAY)
        return {**seen, "text": said}

    @step("the missed dose is on the board as before: a refill clears no alarm about a dose")
    def still_missed(self) -> Seen:
        alarm = self.stage.alarm(id=self.missed_id, kind="missed", condition="active")
        wanted(alarm["handling"] == "new", f"an alarm that nobody has handled ({alarm['handling']})")
        return row(alarm)

    @step("first dose of the new plan due, pressed and taken")
    def next_dose(self) -> Seen:
        self.stage.event("DoseDue", 1)
        seen = self.stage.press_and_take(1, slot=1)
        return {**short(self.stage.event("DoseTaken", 1)), **seen}
