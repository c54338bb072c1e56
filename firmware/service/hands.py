"""What hands do to a unit that holds medicine while it serves: written down, so that dosing judges it afterwards.

A technician turns a unit over to read its label, a stranger opens the lid: what lay in one compartment may lie in
another.  When it doses again, 1.23 stands as after a fall, and a roll that was within reach is in doubt.
"""

from firmware.core.alarms import TILTED, UPSIDE_DOWN
from firmware.core.thresholds import UPSIDE_DOWN_DEG
from firmware.service.may_hold import may_hold
from protocol.device_events import LidClosed, LidOpened
from protocol.service_commands import EraseDevice

TILT_EVERY_MS = 5000  # as when it doses (shell/senses.py)


class Hands:
    """`unit`: of unit.py, started."""

    def __init__(self, unit):
        self._unit = unit
        self._lid_open = unit.board.lid.open
        self._looked_ms = None

    def look(self):
        """Journal what has changed.  Call it every second or so.

        Not once the centre has signed for the wipe: who empties a unit opens it, and its last word must be the last.
        """
        unit = self._unit
        if not unit.owned or EraseDevice.TYPE in unit.carried or not may_hold(unit):
            return
        self._look_at_lid(unit)
        self._look_at_tilt(unit)

    def _look_at_lid(self, unit):
        is_open = unit.board.lid.open
        if is_open != self._lid_open:
            self._lid_open = is_open
            unit.recorder.note(LidOpened() if is_open else LidClosed())

    def _look_at_tilt(self, unit):
        now_ms = unit.uptime.ms()
        if self._looked_ms is not None and now_ms - self._looked_ms < TILT_EVERY_MS:
            return
        self._looked_ms = now_ms
        angle_deg = unit.board.tilt.angle_deg()
        if angle_deg is not None and angle_deg > UPSIDE_DOWN_DEG:
            unit.recorder.alarm(UPSIDE_DOWN, TILTED)
