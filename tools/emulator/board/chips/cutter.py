"""The cutter: a motor turns a blade through one revolution in 0.8 s; a cam presses a switch in its last tenth.

It stands where it is when the current goes, also in the middle of a cut.  Jammed, the blade stays where it meets the
strip.  The motor has no brake to model: 0.8 s is of a load that turns slowly.
"""

TURN_US, BLADE_US, JAM_US = 800_000, 400_000, 240_000
NEAR_US, LEFT_US = 720_000, 8_000  # the switch is pressed from here on, and until just after home


class Cutter:
    """home: the switch's line, low = at home.  cut(): the blade goes through."""

    def __init__(self, wiring, world, clock, home, cut):
        self._world, self._clock, self._home, self._cut = world, clock, home, cut
        world.number("blade_us")
        world.number("blade_since_us", -1)  # the motor has current since then
        world.number("cutter_jammed")
        world.number("cuts")
        self._due = None
        wiring.report("cuts", lambda: world["cuts"])
        self._go_on()  # from when the last process ended; whoever drives the motor tells if it still has current
        world["blade_since_us"] = -1

    def motor(self, on):
        self._go_on()
        self._world["blade_since_us"] = self._clock.now_us() if on else -1
        self._plan()

    def _next_us(self):
        """Where on its way something happens next; None when it can go no further."""
        at_us = self._world["blade_us"]
        for stop_us in (LEFT_US, JAM_US, BLADE_US, NEAR_US, TURN_US):
            if at_us < stop_us:
                return stop_us
            if at_us == stop_us == JAM_US and self._world["cutter_jammed"]:
                return None

    def _go_on(self):
        """Bring the blade to where it is by now."""
        world = self._world
        now_us = self._clock.now_us()
        left_us = now_us - world["blade_since_us"] if world["blade_since_us"] >= 0 else 0
        while left_us > 0:
            at_us, next_us = world["blade_us"], self._next_us()
            if next_us is None:
                break
            go_us = min(left_us, next_us - at_us)
            left_us -= go_us
            world.set("blade_us", (at_us + go_us) % TURN_US)
            if at_us + go_us == BLADE_US:
                world.set("cuts", world["cuts"] + 1)
                self._cut()
        if world["blade_since_us"] >= 0:
            world["blade_since_us"] = now_us
        at_us = world["blade_us"]
        self._home.set(0 if at_us < LEFT_US or at_us >= NEAR_US else 1)

    def _plan(self):
        if self._due:
            self._clock.cancel(self._due)
            self._due = None
        next_us = self._next_us()
        if self._world["blade_since_us"] >= 0 and next_us is not None:
            wait_us = next_us - self._world["blade_us"]
            self._due = self._clock.call_at(self._clock.now_us() + wait_us, self._arrive)

    def _arrive(self):
        self._due = None
        self._go_on()
        self._plan()

    def jam(self, on):
        self._go_on()
        self._world["cutter_jammed"] = int(on)
        self._plan()
