"""28BYJ-48 with its ULN2003A: current through the four coils in, half-steps of its shaft out.

From the makers' data: 64 half-steps a turn of the rotor; gear train of the common type
(32/9 x 22/11 x 26/9 x 31/10) = 63.684 : 1, not the 64 : 1 of its label; a rotor that is driven faster than 1000
half-steps a second without load falls out of step.
"""

# (wheel teeth product) / (pinion teeth product): 32*22*26*31 / (9*11*9*10)
GEAR_WHEELS = 32 * 22 * 26 * 31
GEAR_PINIONS = 9 * 11 * 9 * 10
HALF_STEP_UDEG = 360_000_000 * GEAR_PINIONS // (64 * GEAR_WHEELS)
FASTEST_US = 1000

# Which coils pull the rotor to which eighth of its cycle.  Coils that fight each other hold it nowhere.
PULLS_TO = {(1, 0, 0, 0): 0, (1, 1, 0, 0): 1, (0, 1, 0, 0): 2, (0, 1, 1, 0): 3}
PULLS_TO.update({(0, 0, 1, 0): 4, (0, 0, 1, 1): 5, (0, 0, 0, 1): 6, (1, 0, 0, 1): 7})


class Motor28Byj48:
    def __init__(self, wiring, world, clock, turned, coil_pins):
        """turned(way): the shaft has moved by so many half-steps; what it turns is stored here afterwards."""
        self._wiring, self._world, self._clock, self._turned = wiring, world, clock, turned
        world.number("motor_steps")
        world.number("rotor")  # where the rotor stands in its cycle of 8 half-steps
        world.number("stalled")
        wiring.command("stall", self._stall)
        self._coils = [0, 0, 0, 0]
        self._last_us = None
        self._moving = False
        for number, pin in enumerate(coil_pins):
            wiring.output(pin, self._coil_changed(number))
        wiring.report("moves", lambda: world["motor_steps"])

    def _coil_changed(self, number):
        def changed(level, t_us):
            self._coils[number] = level
            self._pull(t_us)

        return changed

    def _pull(self, t_us):
        """The rotor follows to the nearest place where the coils pull it, if it can."""
        if not any(self._coils):
            self._tell(False)
        eighth = PULLS_TO.get(tuple(self._coils))
        if eighth is None or self._world["stalled"]:
            return
        way = (eighth - self._world["rotor"] + 4) % 8 - 4
        if way == 0 or way == -4:  # there already, or exactly opposite: the pull has no direction
            return
        too_fast = self._last_us is not None and t_us - self._last_us < FASTEST_US
        self._last_us = t_us
        if too_fast:
            return
        self._turned(way)
        self._world.set("rotor", eighth)
        self._world.set("motor_steps", self._world["motor_steps"] + abs(way))
        self._world.save()
        self._tell(True)

    def _stall(self, request):
        """Somebody holds what it turns, so that the rotor turns in vain; or lets it go."""
        self._world["stalled"] = int(bool(request["on"]))

    def _tell(self, moving):
        if moving != self._moving:
            self._moving = moving
            self._wiring.emit("motor", {"moving": moving})
