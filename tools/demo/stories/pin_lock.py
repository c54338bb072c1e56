"""Somebody tries PINs, and the household needs its medicine all the same."""

from protocol.refill_commands import RevokeCredential
from protocol.refill_events import ABORT_PERSON
from tools.demo.filler import BACK, OK, Filler
from tools.demo.flat import Seen, wanted
from tools.demo.refill_story import RefillStory
from tools.demo.stage import short
from tools.demo.story import step

TRIES, LOCK_S = 5, 900  # design, section 7


class PinLock(RefillStory):
    """Five wrong PINs lock the keypad for 15 minutes, power cut or not; the dose comes all the same."""

    NAME = "pin-lock"
    LEAD_S = 360
    NEXT_FIRST_S = 3600

    @step("a relative gets a PIN, and the new plan is stored")
    def pin(self) -> Seen:
        self.daughter = Filler(self.stage, "relative")
        self.daughter.gets_pin()
        seen = self.store_next()
        self.stage.doses = self.old
        return seen

    @step("a stranger touches a key and types wrong PINs: told how many tries are left, and nothing else")
    def wrong(self) -> Seen:
        self.daughter.asks()
        for left in range(TRIES - 1, 0, -1):
            self.daughter.types(self.not_hers() + OK)
            self.daughter.reads(f"Tries left: {left}")
            self.stage.event("CredentialRefused", tries_left=left)
        return {"at_utc_s": self.stage.town.now_s(), "screens": self.daughter.handed_over()}

    @step("the fifth: locked for a quarter of an hour, and the centre knows")
    def locked(self) -> Seen:
        self.daughter.types(self.not_hers() + OK)
        lines = self.daughter.reads("Locked")
        event = self.stage.event("CredentialsLocked", for_s=LOCK_S)
        self.until_s = event["utc_s"] + LOCK_S
        return {**short(event), "text": lines}

    @step("the power is cut and comes back: still locked, though she has the right PIN")
    def cut(self) -> Seen:
        self.flat.bench("power", on=False)
        self.flat.power_on()
        self.flat.shows("Next medicine")
        return {"text": self.daughter.asks("Locked"), "at_utc_s": self.stage.town.now_s()}

    @step("dose 1 due meanwhile, pressed and taken: the lock is not the patient's")
    def taken(self) -> Seen:
        self.daughter.types(BACK)
        self.stage.event("DoseDue", 1)
        seen = self.stage.press_and_take(1, slot=1)
        return {**short(self.stage.event("DoseTaken", 1)), **seen}

    @step("the quarter of an hour is over: her PIN opens, and only now the centre hears of a filling")
    def over(self) -> Seen:
        self.flat.until_s(self.until_s + 10)
        started = [e for e in self.stage.get("events") if e["name"] == "RefillStarted"]
        wanted(not started, "no filling before")
        return self.daughter.identifies()

    @step("she stops before the lid was opened: all is as before")
    def stops(self) -> Seen:
        self.daughter.reads("Fill here")
        self.daughter.types(BACK)
        self.daughter.reads("Stop now?")
        lines = self.daughter.hears(lambda: self.daughter.types(OK), "All is as before")
        event = self.stage.event("RefillAborted", reason=ABORT_PERSON, touched=False)
        return {**short(event), "text": lines}

    @step("staff revoke her PIN: it opens nothing any more")
    def revoked(self) -> Seen:
        counter = self.stage.post(f"credentials/{self.daughter.credential}/revoke")["counter"]
        self.stage.event("CommandAccepted", counter=counter, command_type=RevokeCredential.TYPE)
        self.daughter.asks()
        self.daughter.types(self.daughter.pin + OK)
        lines = self.daughter.reads("Tries left")
        return {"at_utc_s": self.stage.town.now_s(), "text": lines}

    def not_hers(self) -> str:
        """Six digits that are not her PIN."""
        return f"{(int(self.daughter.pin) + 1) % 1_000_000:06d}"
