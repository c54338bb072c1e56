"""A daughter fills next week's medicine at home, slot by slot."""

from protocol.refill_events import WAY_FILL
from tools.demo.filler import BACK, OK, Filler
from tools.demo.flat import Seen, wanted
from tools.demo.refill_story import RefillStory
from tools.demo.stage import short
from tools.demo.story import step


class RefillRelative(RefillStory):
    """A relative with a PIN fills slot by slot: the rest comes out, words say what goes in, one event seals."""

    NAME = "refill-relative"

    @step("the daughter gets a PIN: the centre tells it once and keeps it nowhere")
    def pin(self) -> Seen:
        self.daughter = Filler(self.stage, "relative")
        seen = self.daughter.gets_pin()
        known = self.stage.get("credentials")
        wanted(self.daughter.pin not in str(known), f"no PIN in the centre's list ({known})")
        return seen

    @step("dose 1 of the old plan pressed and taken as always")
    def taken(self) -> Seen:
        seen = self.stage.press_and_take(1, slot=1)
        return {**short(self.stage.event("DoseTaken", 1)), **seen}

    @step("next week's plan is stored: it waits for whoever fills")
    def waits(self) -> Seen:
        return self.store_next()

    @step("she touches a key and types her PIN: the centre learns the credential, not her name")
    def identify(self) -> Seen:
        return self.daughter.identifies()

    @step("asked for one thing, new tray or fill here: she fills here, and opens the lid")
    def way(self) -> Seen:
        self.daughter.reads("Fill here")
        self.daughter.types("2")
        self.daughter.reads("Open the lid")
        self.daughter.lid(True)
        return {"at_utc_s": self.stage.town.now_s(), "screens": self.daughter.handed_over()}

    @step("slot by slot: what is left in there comes out first, then words say what goes in")
    def fill(self) -> Seen:
        slots = self.tablets()
        last = max(slots)
        self.daughter.fills({slot: slots[slot] for slot in slots if slot < last})
        before = self.flat.sees(lambda f: f["position"] == last, f"slot {last} at the opening")["text"]
        return {"at_utc_s": self.stage.town.now_s(), "screens": self.daughter.handed_over(), "text": before}

    @step("Back shows the slot before, and nothing she did is lost")
    def back(self) -> Seen:
        slots = self.tablets()
        last = max(slots)
        self.daughter.types(BACK)
        self.flat.sees(lambda f: f["position"] == last - 1, "the slot before at the opening")
        self.daughter.reads("tablets")
        pills = self.flat.dispenser.read()["pills"]
        wanted(pills[str(last - 1)] == slots[last - 1], f"what she put there ({pills})")
        self.daughter.types(OK)
        self.daughter.fills({last: slots[last]})
        return {"at_utc_s": self.stage.town.now_s(), "screens": self.daughter.handed_over(), "pills": pills}

    @step("lid closed: one full turn finds each slot as the plan has it, and nothing could be reached")
    def turn(self) -> Seen:
        self.daughter.reads("Close lid")
        before = self.flat.dispenser.read()
        self.daughter.lid(False)
        self.daughter.reads("First dose")
        facts = self.flat.dispenser.read()
        wanted(facts["taken"] == before["taken"], "a turn that lets nothing out")
        steps = facts["moves"] - before["moves"]
        return {"at_utc_s": facts["utc_s"], "screens": self.daughter.handed_over(), "motor_steps": steps}

    @step("first dose confirmed: one signed event seals it, and the new plan is in force")
    def seal(self) -> Seen:
        said = self.daughter.hears(lambda: self.daughter.types(OK), "Thank you")
        seen = self.sealed(self.daughter, way=WAY_FILL, differences=[])
        wanted(seen["left"] == 1 << (2 - 1), f"what was left in slot 2, and nowhere else ({seen['left']})")
        return {**seen, "text": said}

    @step("first dose of the new plan due, pressed and taken")
    def next_dose(self) -> Seen:
        self.stage.event("DoseDue", 1)
        seen = self.stage.press_and_take(1, slot=1)
        return {**short(self.stage.event("DoseTaken", 1)), **seen}
