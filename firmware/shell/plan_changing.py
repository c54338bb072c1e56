"""Load a plan, put one in force, and tell what that ends.  Dropped after use (rare.py)."""

from firmware.core import alarms, schedule
from firmware.core.grant import end_of
from firmware.core.phases import finished
from protocol.device_events import PlanActivated
from protocol.dose_events import CAUSE_REFILL, CAUSE_REPLACED, ENDED_REPLACED, DoseWithheld
from protocol.errors import DispenserError


def start(plans, settings, recorder):
    """The plan in force, if it can be read and the doses it has given are known; else staff load anew."""
    try:
        data = settings.get("plan_active")
        active = schedule.decode(data) if data is not None else None
    except DispenserError:
        plans.unreadable = True
        recorder.alarm(alarms.STORAGE)
        return
    if active is not None and not recorder.memory_lost:
        plans.active = active
        _tell(active, recorder)


def activate(plans, active, settings, recorder):
    """One write on flash decides, and carries what is left to tell."""
    settings.put("plan_active", active.encode())
    plans.active = active
    plans.unreadable = recorder.memory_lost = False
    settings.wipe("memory_lost")  # of recalling.py
    recorder.clear(alarms.STORAGE)
    recorder.clear("", alarms.TRIP_SHORT)
    _tell(active, recorder)


def _tell(active, recorder):
    """End what the plan before leaves behind, then say that this one is in force.  Cut off, it goes on at the next
    start: PlanActivated is the last word, and until then each dose that has its outcome is passed over."""
    ledger = recorder.ledger
    if (ledger.plan_id, ledger.version) != (active.plan_id, active.version):
        if ledger.grant is not None:
            recorder.note(end_of(ledger.grant, ENDED_REPLACED))
        for index, (dose_id, slot) in enumerate(active.replaced_doses()):
            if not finished(ledger.phase(dose_id)):
                recorder.feed()  # 56 doses at most, each a signature: longer than the watchdog waits
                by_refill = active.replaced[(index + 1) * schedule.REPLACED_BYTES - 1] & schedule.BY_REFILL
                recorder.note(DoseWithheld(dose_id, slot, CAUSE_REFILL if by_refill else CAUSE_REPLACED))
        recorder.note(PlanActivated(active.plan_id, active.version, len(active)))
        ledger.forget(active.ids())
    active.replaced = b""
