"""Keep two plans on flash: the one in force, and the one that waits for staff to confirm what lies in the device."""

from firmware.core import alarms, schedule
from protocol.device_events import PlanActivated
from protocol.errors import DispenserError

LANGUAGE = "nb"  # until a plan says otherwise


class PlanKeeping:
    """`active`: the Schedule in force, or None."""

    def __init__(self, settings, recorder):
        self._settings = settings
        self._recorder = recorder
        self.active = None

    def start(self):
        """Load the plan in force.  If the power failed before its event was written, write it now."""
        try:
            data = self._settings.get("plan_active")
            active = schedule.decode(data) if data is not None else None
        except DispenserError:
            self._recorder.alarm(alarms.STORAGE)
            return
        if (
            active is None or self._recorder.memory_lost
        ):  # nobody knows which doses were given: staff load anew
            return
        self.active = active
        ledger = self._recorder.ledger
        if (ledger.plan_id, ledger.version) != (active.plan_id, active.version):
            self._tell()

    @property
    def language(self):
        """The patient's language."""
        return self.active.language if self.active is not None else LANGUAGE

    def store(self, command):
        """Keep the bytes of a checked StoreLoadPlan command until it is activated."""
        self._settings.put("plan_stored", command)

    def stored(self):
        """Those bytes, or None."""
        return self._settings.get("plan_stored")

    def activate(self, active):
        """Put this Schedule in force, as a whole: one write on flash decides."""
        self._settings.put("plan_active", active.encode())
        self.active = active
        self._recorder.memory_lost = False
        self._recorder.clear(alarms.STORAGE)
        self._tell()

    def _tell(self):
        self._recorder.note(PlanActivated(self.active.plan_id, self.active.version, len(self.active)))
