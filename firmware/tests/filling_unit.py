"""A dispenser with somebody before it who fills, step by step in virtual time: on a busy machine no key is lost."""

import hashlib
import re
from pathlib import Path

from firmware.refill.speech import words_of
from firmware.tests.unit import Unit
from protocol.commands import LoadPlan, StoreLoadPlan
from protocol.credentials import pin_hash, tag_hash
from protocol.load_plan import MEDIUM_ROLL
from protocol.refill_commands import AddCredential
from protocol.refill_events import ROLE_NURSE, ROLE_RELATIVE
from protocol.roll_manifest import RollManifest
from protocol.tray_tag import TrayTag
from tools.emulator.dispenser import VirtualDispenser

PIN, NURSES_TAG, TRAYS_TAG = "402163", "04a1b2c3d4e5f6", "04c3d4e5f6a1b2"
RELATIVE, NURSE = b"relative", b"nurse..1"
STEP_MS = 200
KEY_MS = 350  # 150 touched, 200 apart
HOUR_S = 3600


class FillingUnit(Unit):
    """Knows its centre and the time; a relative's PIN and a nurse's tag."""

    def __init__(
        self, folder: Path, rate: float = 10.0, model: str = "tablet", firmware: Path | None = None
    ) -> None:
        super().__init__(folder, rate)
        if firmware is not None:
            self.device = VirtualDispenser(folder, model=model, rate=rate, firmware=firmware)
        elif model != "tablet":
            self.device = VirtualDispenser(folder, model=model, rate=rate)

    def begin(self) -> None:
        """Trust, time, and who may fill."""
        self.hub.trust()
        self.hub.set_clock(self.now_s)
        pin = pin_hash(PIN, self.hub.device_id)
        self.answered(self.hub.order(AddCredential(RELATIVE, ROLE_RELATIVE, None, pin, None)))
        tag = tag_hash(bytes.fromhex(NURSES_TAG), self.hub.device_id)
        self.answered(self.hub.order(AddCredential(NURSE, ROLE_NURSE, tag, None, None)))

    def waiting(self, *due_in_s: int, **changes) -> LoadPlan:
        """A new plan that waits for somebody to fill."""
        self.live()
        name = hashlib.sha256(repr((due_in_s, self.now_s())).encode()).digest()[:16]
        plan = self.plan(*due_in_s, **{"plan_id": name, "language": "en", **changes})
        self.answered(self.hub.order(StoreLoadPlan(plan)))
        return plan

    def waiting_roll(self, *due_in_s: int, header: int = 0) -> LoadPlan:
        """The same for a roll of one pouch a dose; every label is read."""
        self.live()
        tray = self.plan(*due_in_s, plan_id=b"roll" * 4)
        roll = RollManifest("4711", bytes([1] * len(due_in_s)), header, 0, True, 70)
        plan = LoadPlan(tray.plan_id, 1, MEDIUM_ROLL, tray.doses, tray.offsets, None, "en", (), roll)
        self.answered(self.hub.order(StoreLoadPlan(plan)))
        return plan

    # ---- time

    def step(self, ms: int = STEP_MS) -> None:
        """Let so much time pass at once, and no more."""
        self.device.run(for_ms=ms, rate=0)

    def until(self, fits, limit_ms: int = 20_000):
        """Step until a reading fits; returns it."""
        for _ in range(limit_ms // STEP_MS):
            facts = self.device.read()
            if fits(facts):
                return facts
            self.step()
        raise AssertionError(f"not seen in {limit_ms} ms; last reading: {self.device.read()}")

    def live(self) -> None:
        """Let time go on by itself again, for the hub."""
        self.device.run(rate=self._rate)

    # ---- eyes and hands

    def shows(self, step: str, *more: str, language: str = "en", limit_ms: int = 20_000) -> str:
        """Step until the panel shows the words of this step, and these."""
        parts = re.split(r"\{\w+\}|\n", words_of(language)[step].replace("*", ""))
        wanted = [part.strip() for part in parts if part.strip()] + list(more)

        def fits(facts):
            shown = " ".join(facts["text"])
            return all(part in shown for part in wanted)

        return " ".join(self.until(fits, limit_ms)["text"])

    def shows_now(self) -> str:
        """What stands on the panel."""
        return " ".join(self.device.read()["text"])

    def types(self, keys: str, ms: int = 150) -> None:
        """Press these keys one after the other."""
        self.device.ask("key", keys=keys, ms=ms)
        self.step(len(keys) * (ms + 200) + STEP_MS)

    def holds(self, uid: str | None, data: bytes = b"") -> None:
        """Hold a tag to the reader, or take it away."""
        self.device.ask("tag", uid=uid, data=data.hex())
        self.step(600)

    def opens(self, open: bool = True) -> None:
        self.device.lid(open)
        self.step(600)

    def comes_with_a_roll(self) -> None:
        """A nurse, from her tag to the open lid and the question for the new roll."""
        self.identify(nurse=True)
        self.shows("open_roll")
        self.opens()
        self.shows("take_out")
        self.types("#")
        self.shows("load")

    def tray_tag(self, plan: LoadPlan, **changes) -> bytes:
        """The tag of a tray that was filled for this plan."""
        first, last = plan.doses[0].due_s, plan.doses[-1].due_s
        facts = {
            "tray_id": 7,
            "device_id": self.hub.device_id,
            "plan_id": plan.plan_id,
            "count": len(plan.doses),
            "from_s": first,
            "to_s": last,
        }
        return TrayTag(**{**facts, **changes}).encode()

    # ---- what people do

    def identify(self, nurse: bool = False, language: str = "nb") -> None:
        """Touch a key and say who is there."""
        self.types("#")
        self.shows("ask", language=language)
        if nurse:
            self.holds(NURSES_TAG)
            self.holds(None)
        else:
            self.types(PIN + "#")

    def fill_slot(self, plan: LoadPlan, slot: int, pills: int | None = None) -> None:
        """Wait for this slot's words, put tablets in, press OK."""
        dose = plan.doses[slot - 1]
        local = dose.due_s + plan.offsets[0][1]
        self.shows("fill", "%02d:%02d" % divmod(local // 60 % 1440, 60))
        self.device.fill({slot: dose.pills if pills is None else pills})
        self.types("#")

    def seal(self) -> None:
        """Agree to the first dose, and see that it is done."""
        self.shows("first", limit_ms=60_000)
        self.types("#")
        self.shows("done")
        self.live()
