"""The bench with somebody who refills, and with a roll: what stops a release is worked out as the mechanism does."""

from firmware.core import roll
from firmware.core.confirming import check_confirm
from firmware.core.dose_words import RELEASED, Close, HomeReached
from firmware.core.phases import DUE, finished
from firmware.core.replan import activated
from firmware.core.tests.bench import Bench
from protocol.commands import ActivatePlan
from protocol.device_events import LidOpened
from protocol.dose_events import CAUSE_MECHANISM, CAUSE_REFILL, ENDED_REPLACED, DoseWithheld
from protocol.errors import MessageError
from protocol.load_plan import MESSAGE_ONLY
from protocol.refill_events import WAY_ROLL, WAY_SWAP, RefillAborted, RefillSealed, RefillStarted
from protocol.roll_events import PouchesRetained, PouchesRetiring, RollConfirmed

SOMEBODY = bytes(8)
MOVES = ("identify", "break_off", "seal", "confirm", "lid_opened")


class RefillBench(Bench):
    """A tablet dispenser that can be refilled.  lid: 0 or CAUSE_LID_OPEN."""

    lid = 0

    @property
    def blocked(self) -> int:
        refill = self.ledger.refill is not None or self.ledger.needs_refill
        return self.lid or (CAUSE_REFILL if refill else 0)

    @blocked.setter
    def blocked(self, cause: int) -> None:
        self.lid = cause

    def _do(self, kind: str, value=None) -> None:
        if kind not in MOVES:
            super()._do(kind, value)
            return
        self.tick()
        if kind == "confirm":
            self.command(kind, value)
        else:
            getattr(self, kind)(value)
        self.tick()

    def lid_opened(self, _) -> None:
        self.note(LidOpened())

    def identify(self, _) -> None:
        self.note(RefillStarted(SOMEBODY, 1))

    def break_off(self, touched: bool) -> None:
        self.note(RefillAborted(SOMEBODY, 1, 1, touched))

    def seal(self, plan) -> None:
        """The seal stands in the journal before the plan comes into force.  It may still be refused then."""
        way = WAY_SWAP if plan.roll is None else WAY_ROLL
        self.note(RefillSealed(SOMEBODY, 1, way, plan.plan_id, plan.version, 0, 0, (), 1, 1, b""))
        try:
            order = ActivatePlan(plan.plan_id, plan.version)
            now_s = self.now_s if self.clock_set else None
            schedule = activated(order, plan, self.schedule, self.ledger, now_s, False, True)
        except MessageError as refusal:
            self.refused.append(refusal.code)
            return
        self.plan, self.schedule, self.flash = plan, schedule, schedule.encode()
        self.tell_plan()

    def tell_plan(self) -> None:
        """A dose that is due ends with a new plan only by a refill."""
        schedule, ledger = self.schedule, self.ledger
        if (ledger.plan_id, ledger.version) != (schedule.plan_id, schedule.version):
            for dose_id, slot in schedule.replaced_doses():
                if ledger.phase(dose_id) == DUE:
                    self.end_grant(ENDED_REPLACED)
                    self.note(DoseWithheld(dose_id, slot, CAUSE_REFILL))
        super().tell_plan()


class RollBench(RefillBench):
    """A multidose dispenser whose roll does what the mechanism believes.  full: its chamber takes nothing more."""

    full = False

    @property
    def blocked(self) -> int:
        cause, slot = super().blocked, self.waiting()
        ready = not slot or roll.lies_ready(self.schedule, self.ledger, slot)
        return cause or (0 if ready and not self.full and not self._unsettled() else CAUSE_MECHANISM)

    @blocked.setter
    def blocked(self, cause: int) -> None:
        self.lid = cause

    def _unsettled(self) -> bool:
        """In doubt, whatever is asked for next."""
        return self.ledger.roll[1] > 0

    def waiting(self) -> int:
        """The slot of the first dose in the roll that is still to come; 0: none."""
        for dose in self.plan.doses:
            ended = finished(self.ledger.phase(dose.dose_id)) or self.ledger.life(dose.dose_id)[2] & RELEASED
            if not dose.flags & MESSAGE_ONLY and not ended:
                return dose.slot
        return 0

    def tick(self) -> None:
        super().tick()
        slot = None if not self.clock_set or self.full else self.to_retire()
        while slot is not None:
            self.retire(slot)
            slot = self.to_retire()

    def to_retire(self) -> "int | None":
        return roll.to_retire(self.schedule, self.ledger)

    def retire(self, slot: int) -> None:
        pouches = roll.pouches_of(self.schedule, slot)
        self.note(PouchesRetiring(slot, pouches))
        self.note(PouchesRetained(slot, pouches, self.ledger.roll[2] + pouches))

    def act(self, dose, action: object) -> object:
        if isinstance(action, Close) and self.motion == "arrives":
            pouches = roll.pouches_of(self.schedule, dose.slot)
            self.note(PouchesRetained(dose.slot, pouches, self.ledger.roll[2] + pouches))
            return HomeReached(True, True)
        return super().act(dose, action)

    def _confirm(self, slot: int, now_s: "int | None") -> None:
        for dose in check_confirm(slot, self.schedule, self.ledger, self.lid != 0):
            self.note(DoseWithheld(dose.dose_id, dose.slot, CAUSE_MECHANISM))
        self.note(RollConfirmed(self.counter, slot))
