"""The shutter over the opening: an SG90 servo in, two end switches out, and what a hand can reach through it.

SG90: one pulse every 20 ms, 0.5 to 2.5 ms long for 0 to 180 degrees; 60 degrees in 0.12 s at 4.8 V, so 10 degrees a
frame; without pulses it is limp, and the over-centre crank stays where it is.  Its own stops allow 90 degrees.
"""

FRAME_US = 20_000
STEP_CDEG = 1000
SHUT_CDEG, WIDE_CDEG = 0, 9000
SHUT_PULSE_US = 1000  # how the crank is keyed on the servo's shaft
CDEG_PER_US = 9
SWITCH_CDEG = 400  # a switch closes this far before its end
FINGER_CDEG = 3000  # narrower than this, fingers and pills do not pass


class ShutterSg90:
    def __init__(self, wiring, world, clock, mechanics, servo_pin, shut, wide):
        """shut, wide: lines of the two end switches, low = pressed.  mechanics: what lies behind it."""
        self._wiring, self._world, self._clock, self._mechanics = wiring, world, clock, mechanics
        world.number("shutter_cdeg", SHUT_CDEG)  # it leaves the factory closed
        world.number("shutter_jammed")
        world.number("stuck_shut", -1)  # the level a broken switch always has, -1: it works
        world.number("stuck_wide", -1)
        self._switches = {"closed": shut, "open": wide}
        self._target_cdeg = None
        self._due = None
        self._told = None
        mechanics.reachable = lambda: world["shutter_cdeg"] >= FINGER_CDEG
        wiring.pwm(servo_pin, self._pulse)
        wiring.report("shutter", self._seen)
        wiring.command("jam_shutter", self._jam)
        wiring.command("shutter_switch", self._break_switch)
        wiring.command("force_shutter", self._force)
        self._show()

    def _pulse(self, hz, duty, t_us):
        us = duty * 1_000_000 // 65535 // hz if hz else 0
        self._target_cdeg = None
        if us and not 40 <= hz <= 60:
            self._wiring.emit("misuse", {"chip": "servo", "why": "it wants a pulse every 20 ms"})
        elif us:
            self._target_cdeg = max(SHUT_CDEG, min(WIDE_CDEG, (us - SHUT_PULSE_US) * CDEG_PER_US))
        if self._due is None and self._target_cdeg is not None:
            self._due = self._clock.call_at(t_us + FRAME_US, self._frame)

    def _frame(self):
        """One pulse has passed: go one step nearer, if nothing is in the way."""
        self._due = None
        if self._target_cdeg is None:
            return
        here = self._world["shutter_cdeg"]
        there = max(here - STEP_CDEG, min(here + STEP_CDEG, self._target_cdeg))
        pinches = there < FINGER_CDEG <= here and self._mechanics.hands_in
        if there != here and not pinches and not self._world["shutter_jammed"]:
            self._world["shutter_cdeg"] = there
            self._show()
        if self._world["shutter_cdeg"] != self._target_cdeg:
            self._due = self._clock.call_at(self._clock.now_us() + FRAME_US, self._frame)

    def _show(self):
        cdeg = self._world["shutter_cdeg"]
        self._set("closed", "stuck_shut", cdeg <= SHUT_CDEG + SWITCH_CDEG)
        self._set("open", "stuck_wide", cdeg >= WIDE_CDEG - SWITCH_CDEG)
        seen = self._seen()
        if self._told not in (None, seen):
            self._wiring.emit("shutter", {"state": seen})
        self._told = seen

    def _set(self, name, stuck, pressed):
        level = self._world[stuck]
        self._switches[name].set(level if level >= 0 else int(not pressed))

    def _seen(self):
        cdeg = self._world["shutter_cdeg"]
        if cdeg <= SHUT_CDEG + SWITCH_CDEG:
            return "closed"
        return "open" if cdeg >= WIDE_CDEG - SWITCH_CDEG else "between"

    def _jam(self, request):
        self._world["shutter_jammed"] = int(bool(request["on"]))

    def _break_switch(self, request):
        names = {"closed": "stuck_shut", "open": "stuck_wide"}
        which, level = request["which"], request["stuck"]
        if which not in names or level not in (0, 1, None):
            raise ValueError(
                "Give which: closed or open, and stuck: 0 (pressed), 1 (cut off) or null (works)."
            )
        self._world[names[which]] = -1 if level is None else level
        self._show()

    def _force(self, request):
        """A hand pries it open or pushes it shut, against a servo without pulses."""
        if not 0 <= request["per_mille"] <= 1000:
            raise ValueError("A shutter stands at 0 (closed) to 1000 (open) per mille.")
        self._world["shutter_cdeg"] = request["per_mille"] * WIDE_CDEG // 1000
        self._show()
