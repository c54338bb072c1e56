"""The roll is not what the plan says: a pouch of another roll lies in the middle of it."""

from protocol.dose_events import CAUSE_MECHANISM
from tools.demo.flat import Seen, wanted
from tools.demo.plans import pouches
from tools.demo.roll_story import NUMBER, WINDOW_S, Pouch, RollStory
from tools.demo.stage import row, short
from tools.demo.story import step

RIGHT, STRANGE = f"{NUMBER}-002", "9999-002"  # right place, wrong roll
ROLL_FAULT = 107  # code of the Norwegian exchange, 1.7


class WrongPouch(RollStory):
    """A pouch with a strange label is never let out; a nurse takes it out and vouches for the next."""

    NAME = "wrong-pouch"
    POUCHES = [1, 1, 1]

    def roll(self) -> list[Pouch]:
        return [
            {**each, "label": STRANGE} if each["label"] == RIGHT else each for each in pouches(self.written)
        ]

    @step("dose 1 due, pressed and taken as always")
    def taken(self) -> Seen:
        self.stage.event("DoseDue", 1)
        seen = self.press_and_take(1)
        return {**short(self.stage.event("DoseTaken", 1)), **seen}

    @step("the next pouch bears the number of another roll: an alarm on the board")
    def alarm(self) -> Seen:
        event = self.stage.event("AlarmRaised", code=ROLL_FAULT)
        alarm = self.stage.alarm(code=ROLL_FAULT, condition="active")
        return {**row(alarm), "detail": event["body"]["detail"]}

    @step("dose 2's time: a press moves nothing, and the panel says so in plain words")
    def press(self) -> Seen:
        self.flat.until_s(self.first_due_s + WINDOW_S + 10)
        return self.flat.press_in_vain("We will call you")

    @step("dose 2 withheld, told with its cause: an alarm for a person")
    def withheld(self) -> Seen:
        event = self.stage.event("DoseWithheld", 2, cause=CAUSE_MECHANISM)
        told = self.stage.told(2)
        wanted("DosePresented" not in told, f"no presentation of dose 2 ({told})")
        return {**row(self.stage.alarm(kind="withheld", condition="active")), **short(event)}

    @step("a nurse comes with her tag: the lid is unlocked, she takes the strange pouch out, and closes")
    def nurse_looks(self) -> Seen:
        screens = self.nurse.identifies()["screens"]
        self.nurse.reads("Open the lid")
        self.nurse.lid(True)
        self.nurse.reads("Have a look")
        rest = self.flat.dispenser.cut_roll()
        wanted(rest[0]["label"] == STRANGE, f"the strange pouch in her hand ({rest[0]})")
        self.flat.dispenser.load_roll(rest[1:])
        self.nurse.hears(lambda: self.nurse.lid(False), "as before")
        event = self.stage.event("RefillAborted", credential=self.nurse.credential, touched=False)
        return {**short(event), "taken_out": rest[0]["label"], "screens": screens + self.nurse.handed_over()}

    @step("she vouches for the next one at the centre: signed, and told by the dispenser")
    def confirm(self) -> Seen:
        counter = self.stage.post("roll/confirm", {"slot": 3})["counter"]
        return {**short(self.stage.event("RollConfirmed", counter=counter, slot=3)), "slot": 3}

    @step("the alarm about the roll has ended by itself, the one about dose 2 has not")
    def cleared(self) -> Seen:
        self.stage.alarm(kind="withheld", condition="active")
        return row(self.stage.alarm(code=ROLL_FAULT, condition="cleared"))

    @step("dose 3 due, pressed and taken: its own pouch")
    def next_dose(self) -> Seen:
        self.stage.event("DoseDue", 3)
        seen = self.press_and_take(3)
        return {**short(self.stage.event("DoseTaken", 3)), **seen}

    @step("the strange pouch never was in a patient's hand")
    def never(self) -> Seen:
        labels = [label for label, _ in self.at_rest()["taken"]]
        wanted(STRANGE not in labels, f"no strange pouch in a hand ({labels})")
        return {"at_utc_s": self.stage.town.now_s(), "taken": labels}
