"""Keep two plans on flash: the one in force, and the one that waits for staff to confirm what lies in the device."""

from firmware.core import alarms, schedule
from firmware.core.grant import end_of
from firmware.core.phases import finished
from protocol.device_events import PlanActivated
from protocol.dose_events import CAUSE_REPLACED, ENDED_REPLACED, DoseWithheld
from protocol.errors import DispenserError

LANGUAGE = "nb"  # until a plan says otherwise


class PlanKeeping:
    """`active`: the Schedule in force, or None."""

    def __init__(self, settings, recorder):
        self._settings = settings
        self._recorder = recorder
        self._unreadable = False
        self.active = None

    def start(self):
        """Load the plan in force.  If the power failed before its event was written, write it now."""
        try:
            data = self._settings.get("plan_active")
            active = schedule.decode(data) if data is not None else None
        except DispenserError:
            self._unreadable = True
            self._recorder.alarm(alarms.STORAGE)
            return
        if (
            active is None or self._recorder.memory_lost
        ):  # nobody knows which doses were given: staff load anew
            return
        self.active = active
        self._tell()

    @property
    def language(self):
        """The patient's language."""
        return self.active.language if self.active is not None else LANGUAGE

    @property
    def forgotten(self):
        """True while nobody knows what was given before: the plan in force or the memory of its doses is lost."""
        return self._unreadable or self._recorder.memory_lost

    def store(self, command):
        """Keep the bytes of a checked StoreLoadPlan command until it is activated."""
        self._settings.put("plan_stored", command)

    def stored(self):
        """Those bytes, or None."""
        return self._settings.get("plan_stored")

    def activate(self, active):
        """Put this Schedule in force, as a whole: one write on flash decides, and carries what is left to tell."""
        self._settings.put("plan_active", active.encode())
        self.active = active
        self._unreadable = self._recorder.memory_lost = False
        self._recorder.clear(alarms.STORAGE)
        self._recorder.clear("", alarms.TRIP_SHORT)
        self._tell()

    def _tell(self):
        """End what the plan before leaves behind, then say that this one is in force.  Cut off, it goes on at the next
        start: PlanActivated is the last word, and until then each dose that has its outcome is passed over."""
        active, ledger = self.active, self._recorder.ledger
        if (ledger.plan_id, ledger.version) != (active.plan_id, active.version):
            if ledger.grant is not None:
                self._recorder.note(end_of(ledger.grant, ENDED_REPLACED))
            for dose_id, slot in active.replaced_doses():
                if not finished(ledger.phase(dose_id)):
                    self._recorder.note(DoseWithheld(dose_id, slot, CAUSE_REPLACED))
            self._recorder.note(PlanActivated(active.plan_id, active.version, len(active)))
            ledger.forget(active.ids())
        active.replaced = b""
