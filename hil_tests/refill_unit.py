"""A dispenser with somebody before it who fills: whole firmware, emulated line, and a small hub that keeps every event.

No broker and no centre here: what they make of a refill is tested where they live, and played by the stories.
"""

import os
from pathlib import Path
from typing import Any

from firmware.tests.unit import RATE, Unit
from protocol.commands import LoadPlan, StoreLoadPlan
from protocol.credentials import ROLE_NURSE, ROLE_RELATIVE, ROLE_TECHNICIAN, pin_hash, tag_hash
from protocol.refill_commands import AddCredential
from protocol.tray_tag import TrayTag
from tools.emulator.dispenser import VirtualDispenser

OK, BACK = "#", "*"
RELATIVE, NURSE, TECHNICIAN = b"relative", b"nurse..1", b"techni.1"  # credentials: eight bytes, no name
ROLES = {RELATIVE: ROLE_RELATIVE, NURSE: ROLE_NURSE, TECHNICIAN: ROLE_TECHNICIAN}
PIN, WRONG_PIN = "402163", "000000"
NURSE_TAG, TECHNICIAN_TAG = "04a1b2c3d4e5f6", "04b2c3d4e5f6a1"
TRAY_TAG_UID = "04c3d4e5f6a1b2"
HOUR_S, DAY_S = 3600, 86400


class RefillUnit(Unit):
    """A unit of either model whose credentials are known: the relative by PIN, nurse and technician by tag."""

    def __init__(self, folder: Path, model: str = "tablet", rate: float = RATE) -> None:
        super().__init__(folder, rate)
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
        return self.plan(*due_in_s, **{"plan_id": os.urandom(16), **changes})

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
