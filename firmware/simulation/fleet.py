"""Device-years: homes with people and accidents, one device after the other, each audited as it goes."""

import gc
import random
import time
from collections import Counter

from firmware.simulation.audit import audit
from firmware.simulation.centre import Centre
from firmware.simulation.device import Device, Enough
from firmware.simulation.flash import Image
from firmware.simulation.media import MEDIA, TRAY
from firmware.simulation.people import DAY, Home
from firmware.simulation.secure_element import key

AUDIT_DAYS = 28
HASTE = 4  # world.skip_to()
REFILL = (
    "RefillStarted",
    "RefillSealed",
    "RefillAborted",
    "CredentialsLocked",
    "PouchesRetained",
    "RollConfirmed",
)
TOLD = (
    "DoseTaken",
    "DoseMissed",
    "DoseUncertain",
    "PressRefused",
    "PlanActivated",
    "Paused",
    "Booted",
    *REFILL,
)
KINDS = {None: "by the patient", 1: "early", 2: "late", 3: "with staff"}


def lived(medium, seed, number, days, audit_days=AUDIT_DAYS):
    """One device's history: a dict of what was counted, and what was broken, with the day by which it was."""
    began_s = time.process_time()
    device = new_device(medium, seed, number, days)
    auditor = Auditor(device, days, audit_days)
    device.run(days * DAY)
    if auditor.day < days and not auditor.broken:  # it came to no end
        auditor.broken, auditor.day = audit(device.history()), auditor.day + 1
    if auditor.broken and audit_days > 1:
        return lived(medium, seed, number, auditor.day, 1)  # once more, to name the day
    cpu_s = round(time.process_time() - began_s, 2)
    return {
        "medium": medium.word,
        "device": number,
        "days": auditor.day,
        "broken": auditor.broken,
        "cpu_s": cpu_s,
        "counts": counted(device),
    }


class Auditor:
    """Looks at the whole history every so many days, while the device goes on."""

    def __init__(self, device, days, every_days):
        self._device = device
        self._due = {*range(every_days, days, every_days), days}
        self.day = 0
        self.broken = []
        device.hands.audit = self.look
        for day in range(1, days + 1):  # the same moments, however often it looks: the same history
            device.world.plan_act(day * DAY, "audit", day)

    def look(self, day):
        """Audit now; the history ends at the first broken sentence."""
        self.day = day
        if day in self._due:
            self.broken = audit(self._device.history())
        if self.broken:
            raise Enough


def new_device(medium, seed, number, days):
    """A device and its home, as they are on the first day."""
    name = f"{seed} {number}" if medium is TRAY else f"{seed} {medium.word} {number}"
    dice = random.Random(name)
    world = medium.World(random.Random(name + " chip"))
    world.haste = HASTE
    own = key(1_000_000 * (seed + 1) + 500_000 * (medium is not TRAY) + number + 1)
    centre = Centre(key(7), own.kid, own.point)
    return Device(world, Image(), centre, own, lambda made: Home(made, dice, days, medium), keep_loaded=True)


def counted(device):
    """How often each outcome and each accident came."""
    history, counts = device.history(), Counter()
    for event in history.told:
        name = type(event.body).__name__
        if name in TOLD:
            counts[name] += 1
        elif name == "ReleaseIntended":
            counts["released " + KINDS[event.body.kind]] += 1
        elif name == "DoseWithheld":
            counts["DoseWithheld, cause %d" % event.body.cause] += 1
        elif name == "LateRelease":
            counts["LateRelease, result %d" % event.body.result] += 1
    for row in history.log:
        if row[1] in ("power cut", "watchdog", "taken", "hand", "press", "uncovers", "turn"):
            counts["world: " + row[1]] += 1
        elif row[1] == "accident":
            counts["accident: " + row[2]] += 1
    counts["events"] = len(history.told)
    counts["planned"] = len({d.dose_id for plan in filter(None, set(history.in_force)) for d in plan.doses})
    return dict(counts)


def fleet(seed, devices, days):
    """The results of these devices, (medium, number) each, one after the other.

    What is loaded stays for ever, so the collector need not look at it; it runs between two devices.
    """
    for medium, number in devices:
        gc.collect()
        gc.freeze()
        yield lived(MEDIA[medium], seed, number, days)
