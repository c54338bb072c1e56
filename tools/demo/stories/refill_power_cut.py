"""The power fails while somebody fills, and meanwhile a dose falls due."""

from protocol.refill_events import WAY_FILL
from tools.demo.filler import OK, Filler
from tools.demo.flat import Often, Seen, wanted
from tools.demo.refill_story import RefillStory
from tools.demo.stage import short
from tools.demo.story import step
from tools.demo.witness import Facts

CUT_AT = 3  # slot
DARK_S = 60  # virtual
LONG_WINDOW_S = 900  # of the new plan: its first dose falls due while the power is off


class RefillPowerCut(RefillStory):
    """Power fails in the middle of a filling: it goes on at the same slot; a dose that fell due comes then."""

    NAME = "refill-power-cut"
    LEAD_S = 3600  # nothing of the old plan falls due here
    NEXT_WINDOW_S = LONG_WINDOW_S

    @step("a relative gets a PIN, and the new plan is stored")
    def pin(self) -> Seen:
        self.daughter = Filler(self.stage, "relative")
        self.daughter.gets_pin()
        return self.store_next()

    @step("she types her PIN and fills here, as far as slot 2")
    def begin(self) -> Seen:
        seen = self.daughter.identifies()
        self.daughter.reads("Fill here")
        self.daughter.types("2")
        self.daughter.reads("Open the lid")
        self.daughter.lid(True)
        self.daughter.fills({slot: self.tablets()[slot] for slot in range(1, CUT_AT)})
        return {**seen, "screens": self.daughter.handed_over()}

    @step("slot 3 is shown; the power fails")
    def cut(self) -> Seen:
        facts = self.flat.sees(
            lambda f: f["position"] == CUT_AT and "tablets" in " ".join(f["text"]), f"slot {CUT_AT} shown"
        )
        self.flat.bench("power", on=False)
        return {"at_utc_s": facts["utc_s"], "text": facts["text"], "pills": facts["pills"]}

    @step("in the dark the first dose of the new plan falls due")
    def dark(self) -> Seen:
        self.flat.until_s(self.next_due_s + DARK_S)
        return {"at_utc_s": self.stage.town.now_s(), "due_utc_s": self.next_due_s}

    @step("power back: the same slot lies there and is shown")
    def same_slot(self) -> Seen:
        self.flat.power_on()
        # The lid is open for minutes: "Press any key".
        awake = Often(lambda: self.flat.bench("key", keys="5"))

        def same(facts: Facts) -> bool:
            awake.again()
            shown = " ".join(facts["text"])
            return bool(facts["position"] == CUT_AT and "tablets" in shown)

        facts = self.flat.sees(same, f"slot {CUT_AT} again")
        wanted("RefillAborted" not in [e["name"] for e in self.stage.get("events")], "no filling given up")
        return {"at_utc_s": facts["utc_s"], "text": facts["text"], "pills": facts["pills"]}

    @step("a press moves nothing while somebody fills")
    def press(self) -> Seen:
        return self.flat.press_in_vain("")

    @step("she goes on, closes the lid, and the full turn finds all as the plan has it")
    def go_on(self) -> Seen:
        self.daughter.fills({slot: n for slot, n in self.tablets().items() if slot >= CUT_AT})
        self.daughter.reads("Close lid")
        self.daughter.lid(False)
        self.daughter.reads("First dose")
        return {"at_utc_s": self.stage.town.now_s(), "screens": self.daughter.handed_over()}

    @step("first dose confirmed: sealed by one event, with the slots of before the cut")
    def seal(self) -> Seen:
        self.daughter.types(OK)
        seen = self.sealed(self.daughter, way=WAY_FILL, differences=[])
        wanted(seen["filled"] == (1 << self.COUNT) - 1, f"all {self.COUNT} slots filled ({seen['filled']:b})")
        return seen

    @step("the dose that fell due meanwhile is offered now, inside its window")
    def offered(self) -> Seen:
        event = self.stage.event("DoseDue", 1)
        return {**short(event), "text": self.flat.shows("Press the button")}

    @step("pressed and taken")
    def taken(self) -> Seen:
        seen = self.stage.press_and_take(1, slot=1)
        return {**short(self.stage.event("DoseTaken", 1)), **seen}
