"""What hands do to a unit that holds medicine while it serves: written down, so that dosing judges it afterwards.

A technician turns a unit over to read its label, a stranger knocks and pries the shutter open: what lay in one
compartment may lie in another, or in a pocket.  When it doses again, 1.22 or 1.23 stands as at any other time, and a
roll that was within reach is in doubt.
"""

from firmware.core.alarms import BREAK_IN, FORCED, TILTED, UPSIDE_DOWN
from firmware.core.thresholds import UPSIDE_DOWN_DEG
from firmware.drivers.shutter import CLOSED
from firmware.service.may_hold import may_hold
from protocol.device_events import LidClosed, LidOpened
from protocol.service_commands import EraseDevice

TILT_EVERY_MS = 5000  # as when it doses (shell/senses.py)
FORCED_LOOKS = 2  # as there: a contact that rattles once is no break-in (shell/mechanism.py)


class Hands:
    """`unit`: of unit.py, started."""

    def __init__(self, unit):
        self._unit = unit
        self._lid_open = unit.board.lid.open
        self._looked_ms = None
        self._was_closed = False  # the shutter, since service began
        self._strange_looks = 0

    def look(self):
        """Journal what has changed.  True when somebody must hear of it now.  Call it every second or so.

        Not once the centre has signed for the wipe: who empties a unit opens it, and its last word must be the last.
        """
        unit = self._unit
        if not unit.owned or EraseDevice.TYPE in unit.carried or not may_hold(unit):
            return False
        before = unit.recorder.ledger.alarms
        self._look_at_lid(unit)
        self._look_at_shutter(unit)
        self._look_at_tilt(unit)
        return unit.recorder.ledger.alarms != before

    def _look_at_lid(self, unit):
        is_open = unit.board.lid.open
        if is_open != self._lid_open:
            self._lid_open = is_open
            unit.recorder.note(LidOpened() if is_open else LidClosed())

    def _look_at_shutter(self, unit):
        """Nothing moves it in service.  One that did not close before is told already."""
        closed = unit.board.shutter.state() == CLOSED
        self._was_closed = self._was_closed or closed
        self._strange_looks = 0 if closed or not self._was_closed else self._strange_looks + 1
        if self._strange_looks == FORCED_LOOKS:
            unit.recorder.alarm(FORCED, BREAK_IN)

    def _look_at_tilt(self, unit):
        now_ms = unit.uptime.ms()
        if self._looked_ms is not None and now_ms - self._looked_ms < TILT_EVERY_MS:
            return
        self._looked_ms = now_ms
        angle_deg = unit.board.tilt.angle_deg()
        if angle_deg is not None and angle_deg > UPSIDE_DOWN_DEG:
            unit.recorder.alarm(UPSIDE_DOWN, TILTED)
