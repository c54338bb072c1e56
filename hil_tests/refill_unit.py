"""A dispenser with somebody before it who fills: whole firmware, emulated line, and a small hub that keeps every event.

No broker and no centre here: what they make of a refill is tested where they live, and played by the stories.
"""

import os
import re
import time
from pathlib import Path
from typing import Any

from firmware.refill.speech import words_of
from firmware.tests.unit import RATE, Unit
from protocol.commands import LoadPlan, StoreLoadPlan
from protocol.credentials import ROLE_NURSE, ROLE_RELATIVE, ROLE_TECHNICIAN, pin_hash, tag_hash
from protocol.events import PlanActivated
from protocol.refill_commands import AddCredential
from protocol.refill_events import RefillAborted, RefillRefused, RefillSealed, RefillStarted
from protocol.tray_tag import TrayTag
from tools.emulator.dispenser import VirtualDispenser

OK, BACK = "#", "*"
RELATIVE, NURSE, TECHNICIAN = b"relative", b"nurse..1", b"techni.1"  # credentials: eight bytes, no name
ROLES = {RELATIVE: ROLE_RELATIVE, NURSE: ROLE_NURSE, TECHNICIAN: ROLE_TECHNICIAN}
PIN, WRONG_PIN = "402163", "000000"
NURSE_TAG, TECHNICIAN_TAG = "04a1b2c3d4e5f6", "04b2c3d4e5f6a1"
TAGS = {NURSE: NURSE_TAG, TECHNICIAN: TECHNICIAN_TAG}
TRAY_TAG_UID = "04c3d4e5f6a1b2"
HOUR_S, DAY_S = 3600, 86400
AGAIN_REAL_S = 1.0


def fixed_words(step: str, language: str = "en") -> list[str]:
    """What always stands on this step's screen, whatever is put in."""
    text = words_of(language)[step].replace("*", "")
    return [part.strip() for part in re.split(r"\{\w+\}|\n", text) if part.strip()]


def about_a_slot(lines: list[str]) -> bool:
    """Whether the panel speaks of one slot."""
    shown = " ".join(lines)
    return "tablets" in shown or fixed_words("left")[0] in shown


class RefillUnit(Unit):
    """A unit of either model whose credentials are known: the relative by PIN, nurse and technician by tag.

    language: of its plans.
    """

    language = "en"

    def __init__(self, folder: Path, model: str = "tablet", rate: float = RATE) -> None:
        super().__init__(folder, rate)
        self.refusals = 0  # RefillRefused that a test has seen
        self.read: list[str] = []  # what was last read about a slot
        self.device = VirtualDispenser(folder, model=model, rate=rate)

    def begin(self) -> None:
        """Trust, time, and three people who may fill."""
        self.hub.trust()
        self.hub.set_clock(self.now_s)
        whose = self.hub.device_id
        pin = pin_hash(PIN, whose)
        self.answered(self.hub.order(AddCredential(RELATIVE, ROLE_RELATIVE, None, pin, None)))
        for credential, uid in ((NURSE, NURSE_TAG), (TECHNICIAN, TECHNICIAN_TAG)):
            tag = tag_hash(bytes.fromhex(uid), whose)
            self.answered(self.hub.order(AddCredential(credential, ROLES[credential], tag, None, None)))

    def store(self, plan: LoadPlan) -> None:
        """Bring a plan that waits for a refill."""
        self.answered(self.hub.order(StoreLoadPlan(plan)))

    def next_plan(self, *due_in_s: int, **changes: Any) -> LoadPlan:
        """A plan with a new id, newer than any before it."""
        return self.plan(*due_in_s, **{"plan_id": os.urandom(16), "language": self.language, **changes})

    # ---- hands

    def types(self, keys: str) -> None:
        self.device.ask("key", keys=keys)

    def holds(self, uid: str | None, data: bytes = b"") -> None:
        self.device.ask("tag", uid=uid, data=data.hex())

    def tray_tag(self, plan: LoadPlan, tray_id: int = 7, **changes: Any) -> bytes:
        """The tag of a tray that was filled for this plan on this device; changes: what is not right about it."""
        facts = {
            "tray_id": tray_id,
            "device_id": self.hub.device_id,
            "plan_id": plan.plan_id,
            "count": len(plan.doses),
            "from_s": plan.doses[0].due_s,
            "to_s": plan.doses[-1].due_s,
            **changes,
        }
        return TrayTag(**facts).encode()

    # ---- eyes

    def shows(self, step: str) -> str:
        """Wait until the panel shows the words of this step (firmware/refill/words); returns all of them."""
        parts = fixed_words(step, self.language)

        def fits(facts: dict[str, Any]) -> bool:
            shown = " ".join(facts["text"])
            return all(part in shown for part in parts)

        return " ".join(self.device.wait_for(fits)["text"])

    def at_slot(self, slot: int, words: str = "") -> str:
        """Wait until this slot lies at the opening and another screen than before speaks of it."""

        def fits(facts: dict[str, Any]) -> bool:
            is_news = about_a_slot(facts["text"]) and facts["text"] != self.read
            return is_news and facts["position"] == slot and words in " ".join(facts["text"])

        self.read = self.device.wait_for(fits)["text"]
        return " ".join(self.read)

    # ---- both

    def identify(self, credential: bytes = RELATIVE) -> None:
        """Touch a key, and say who is there."""
        count = len(self.hub.bodies(RefillStarted))
        self.asks()
        if credential == RELATIVE:
            self.types(PIN + OK)
        else:
            self.holds(TAGS[credential])
        self.hub.wait_for(RefillStarted, count=count + 1)
        self.holds(None)

    def fills(self, slots: dict[int, int]) -> None:
        """Slot by slot, under the open lid: what lies there comes out, what the words say goes in."""
        for slot, pills in slots.items():
            if fixed_words("left")[0] in self.at_slot(slot):
                self.device.fill({slot: 0})
                self.types(OK)
                self.at_slot(slot, "tablets")
            self.device.fill({slot: pills})
            self.types(OK)

    def asks(self, step: str = "ask") -> None:
        """Touch a key until this step answers: while a last word stands, nobody looks at the keys."""
        pressed_s = 0.0

        def asked(facts: dict[str, Any]) -> bool:
            nonlocal pressed_s
            if time.monotonic() - pressed_s > AGAIN_REAL_S:
                pressed_s = time.monotonic()
                self.types(OK)
            return fixed_words(step, self.language)[-1] in " ".join(facts["text"])

        self.device.wait_for(asked)
        self.device.read_at_rest()  # nobody types before the key has come up again

    def goes_away(self) -> None:
        """Back at the question who is there; the patient's screen comes back."""
        self.types(BACK)
        asked = [fixed_words(step)[0] for step in ("ask", "wrong")]
        self.device.wait_for(lambda facts: facts["text"][0] not in asked)

    def goes_to_fill_here(self) -> None:
        """From the first question to the first slot."""
        self.read = []
        self.shows("way")
        self.types("2")
        self.shows("open_fill")
        self.device.lid(True)

    def swaps(self, slots: dict[int, int], tag: bytes) -> None:
        """From the first question to the closed lid, with a tray that somebody has filled."""
        self.shows("way")
        self.types("1")
        self.shows("open_swap")
        self.device.lid(True)
        self.shows("swap")
        self.device.tray(slots)
        self.types(OK)
        self.shows("tray_tag")
        self.holds(TRAY_TAG_UID, tag)
        self.shows("close")
        self.holds(None)
        self.device.lid(False)

    def stops(self) -> RefillAborted:
        """Whoever fills gives up at this step: Back for two seconds, then OK."""
        count = len(self.hub.bodies(RefillAborted))
        self.device.ask("key", keys=BACK, ms=2300)
        self.shows("stop")
        self.types(OK)
        return self.hub.wait_for(RefillAborted, count=count + 1)[-1]

    def seals(self) -> RefillSealed:
        """Agree to the first dose; wait for the seal and the plan in force."""
        count = len(self.hub.bodies(RefillSealed))
        self.shows("first")
        self.types(OK)
        sealed = self.hub.wait_for(RefillSealed, count=count + 1)[-1]
        self.hub.wait(lambda: sealed.plan_id in [body.plan_id for body in self.hub.bodies(PlanActivated)])
        return sealed

    def refused_with(self, cause: int, step: str) -> str:
        """Wait until a refill was refused for this cause, in the words of this step."""
        words = self.shows(step)
        refused = self.hub.wait_for(RefillRefused, count=self.refusals + 1)
        self.refusals = len(refused)
        assert refused[-1].cause == cause
        return words
