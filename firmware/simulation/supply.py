"""Who brings the medicine: staff who confirm what they filled, somebody who is guided, a nurse who is called.

People make mistakes here too: a wrong PIN, a compartment left out, the roll of somebody else.
"""

from firmware.simulation.accidents import DAY, HOUR, MINUTE
from firmware.simulation.filler import Task
from firmware.simulation.hands import Hands
from firmware.simulation.household import next_filling
from firmware.simulation.media import TRAY, strip_of
from protocol.commands import ActivatePlan, StoreLoadPlan
from protocol.credentials import ROLE_NURSE, ROLE_RELATIVE, pin_hash, tag_hash
from protocol.refill_commands import AddCredential
from protocol.tray_tag import TrayTag

WEEK = 7 * DAY
GOOD_FOR_S = 600  # an order that nobody answers within ten minutes is given up
PATIENCE_MS = 50 * MINUTE  # of who fills
CALLS_A_NURSE = (106, 107, 108, 110)  # alarms of a roll that only a person can end
CALLS_A_FILLER = ("chamber nearly full", "chamber full", "refill not finished")
PINS = {ROLE_RELATIVE: "135790", ROLE_NURSE: "975310"}
TAG = (bytes.fromhex("04a1b2c3d4e5f6"), b"")


class Supply(Hands):
    """Hands that bring medicine.  What a home knows beside: people.Home."""

    def __init__(self, device, dice, habits):
        super().__init__(device)
        self._dice = dice
        self._habits = habits
        self._plan = None  # in force, as the centre knows it
        self._sent = {}  # (plan id, version) -> LoadPlan
        self._filled = set()  # plan ids whose medicine somebody has put in with his own hands
        self._nurse_called = False
        self._in_refill = False  # by what has been heard

    def _soon(self, ms, name, *arguments):
        self._world.plan_act(self._world.now_ms + ms, name, *arguments)

    def _send(self, body):
        """Order it, good for ten minutes."""
        if self._device.centre.connected and self._device.centre.reachable:
            not_after_s = self._world.utc_s() + GOOD_FOR_S
            return self._device.centre.order(self._world.now_ms, body, not_after_s)
        return None

    def _moments(self, plan):
        for dose in plan.doses:
            for at_s in (dose.opens_s, dose.due_s, dose.closes_s, dose.due_s + (dose.late_s or 0)):
                self._at(at_s, "look")

    def _at(self, at_s, name, *arguments):
        if at_s > self._world.utc_s():
            self._world.plan_act(self._world.at_s(at_s), name, *arguments)

    # ---- filling

    def _refill(self):
        """Next week's medicine is there: filled by staff, or by somebody who is guided; again in an hour if in vain."""
        if self._in_refill:  # what is being filled is not exchanged under the filler's hands
            self._soon(HOUR, "refill")
            return
        plan = next_filling(self._dice, self._habits, self._world.utc_s())
        self._soon(HOUR, "look_at_filling", plan)
        if self._send(StoreLoadPlan(plan)) is None:
            return
        self._sent[(plan.plan_id, plan.version)] = plan
        self._moments(plan)
        if self._plan is None or self._dice.random() < self._habits.filled_by_staff:
            if (
                self._habits.medium is TRAY
            ):  # of a roll only a refill opens the lid; the first one comes in the device
                self._soon(0, "lid", True)
                self._soon(5 * MINUTE, "lid", False)
            self._soon(6 * MINUTE, "send", ActivatePlan(plan.plan_id, plan.version))
        else:
            self._ask_somebody(plan)

    def _ask_somebody(self, plan):
        role = self._dice.choice((ROLE_RELATIVE, ROLE_NURSE))
        device_id = self._device.centre.device_id
        tag = tag_hash(TAG[0], device_id) if role == ROLE_NURSE else None
        self._send(AddCredential(b"filler %d" % role, role, tag, pin_hash(PINS[role], device_id)))
        self._filled.add(plan.plan_id)
        come_ms = self._dice.randrange(MINUTE, 5 * MINUTE)
        self._soon(come_ms, "fill_in", self._task(plan, role), self._world.now_ms + come_ms + PATIENCE_MS)

    def _task(self, plan, role):
        pins, tags = (PINS[role],), (TAG,) if role == ROLE_NURSE else ()
        if self._slip():
            pins = ("000000", *pins)
        if self._habits.medium is not TRAY:
            return Task(plan, "", pins, tags, contents=self._packed(plan))
        return Task(plan, self._dice.choice("12"), pins, tags, self._trays(plan), self._put_in_by_hand(plan))

    def _slip(self):
        return self._dice.random() < self._habits.slips

    def _packed(self, plan):
        strip = strip_of(plan)
        if self._slip() and plan.roll.read:  # somebody else's; where no label is read, nobody can notice
            strip = [pouch._replace(label="9" + pouch.label[1:], dose_id=b"?" * 16) for pouch in strip]
        return strip

    def _trays(self, plan):
        due_s = [dose.due_s for dose in plan.doses if not dose.flags & 2]
        trays = [(b"tray %02d" % 1, self._trays_words(plan, due_s, self._device.centre.device_id))]
        if self._slip():
            trays.insert(0, (b"tray %02d" % 2, self._trays_words(plan, due_s, b"stranger")))
        return tuple(trays)

    def _trays_words(self, plan, due_s, device_id):
        return TrayTag(
            1, device_id, plan.plan_id, len(due_s), plan.doses[0].due_s, plan.doses[-1].due_s
        ).encode()

    def _put_in_by_hand(self, plan):
        """What really goes in, if not what the plan says."""
        if not self._slip():
            return None
        contents = {dose.slot: (dose.dose_id, dose.pills) for dose in plan.doses if not dose.flags & 2}
        contents.pop(self._dice.choice(list(contents)))
        return contents

    def _look_at_filling(self, plan):
        if self._plan is None or self._plan.plan_id != plan.plan_id:
            self._refill()
        else:
            self._soon(WEEK - HOUR, "refill_of", plan.plan_id)

    def _refill_of(self, plan_id):
        """The week is over; unless somebody has filled in between."""
        if self._plan.plan_id == plan_id:
            self._refill()

    def _new_plan(self, plan_id, version):
        """The device doses by it from now on: staff had put in what it names, and people live by it."""
        plan = self._sent.get((plan_id, version))
        if plan is None or plan is self._plan:
            return
        before, self._plan = self._plan, plan
        if plan_id not in self._filled and (before is None or before.plan_id != plan_id):
            name, contents = self._habits.medium.contents(plan)
            self.do(name, (contents,))
        for dose in plan.doses:
            self._live(dose)

    def _spoil(self, n, changes):
        """A pouch is not as it should be; what only its label tells is noticed where labels are read."""
        if self._plan is not None and (self._plan.roll.read or "label" not in changes):
            self._own.spoil(n, changes)

    # ---- a nurse who is called

    def _called(self, code, detail):
        """The device has raised an alarm that only a person can end."""
        if self._habits.medium is TRAY or self._nurse_called:
            return
        if code in CALLS_A_NURSE:
            self._nurse_called = True
            self._soon(self._dice.randrange(20 * MINUTE, 6 * HOUR), "nurse")
        elif detail in CALLS_A_FILLER and self._dice.random() < 0.5:
            self._soon(self._dice.randrange(20 * MINUTE, 12 * HOUR), "refill")

    def _nurse(self):
        """Takes away what is not as it should be, and says which dose comes next."""
        self._nurse_called = False
        if self._plan is not None:
            self._vouch(self._plan.roll)
