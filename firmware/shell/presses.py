"""Somebody pressed: which dose is meant, and what is said when there is none to be had."""

from firmware.core import agenda
from firmware.core.dose_words import Pressed
from protocol.dose_events import PressRefused

# A press refused for the same cause within this time is the same refusal and is only shown again: a restless hand must
# not fill the journal (decision 0012).
SAME_REFUSAL_MS = 600000


class Presses:
    """Each refusal is in the journal before it is shown."""

    def __init__(self, recorder, scene, uptime):
        self._recorder = recorder
        self._scene = scene
        self._uptime = uptime
        self._refused = None  # (cause, when it was journalled)

    def judge(self, plan, now_s, blocked):
        """(the dose the press belongs to, what it must see); (None, None) when there is none, and that is said."""
        dose, grant = agenda.offered(plan, self._recorder.ledger, now_s)
        if dose is None:
            self.refuse(agenda.nothing_to_have(self._recorder.ledger))
            return None, None
        return dose, Pressed(blocked, grant)

    def refuse(self, cause):
        """Journal and show why nothing moves."""
        now_ms = self._uptime.ms()
        last = self._refused
        if last is None or last[0] != cause or now_ms - last[1] >= SAME_REFUSAL_MS:
            self._refused = (cause, now_ms)
            self._recorder.note(PressRefused(cause))
        self._scene.refused(cause)
