"""A board with a button, a lamp and two numbers of mechanics: what the emulator's own tests run on."""


class Button:
    """Normally open, to ground."""

    def __init__(self, wiring, clock, pin):
        self._clock = clock
        self._line = wiring.input(pin, 1)
        wiring.command("press", self._press)

    def _press(self, request):
        if not 1 <= request["ms"] <= 60_000:
            raise ValueError("A press lasts 1 to 60000 ms, not %d." % request["ms"])
        self._line.set(0)
        self._clock.call_at(self._clock.now_us() + request["ms"] * 1000, lambda: self._line.set(1))


class Lamp:
    def __init__(self, wiring, pin):
        self._wiring = wiring
        self.level = 0
        wiring.output(pin, self._changed)
        wiring.report("light", lambda: self.level * 1000)

    def _changed(self, level, t_us):
        self.level = level
        self._wiring.emit("light", {"level": level * 1000})


class Wheel:
    """Something that a hand can turn, with power or without; it remembers where it stands."""

    def __init__(self, wiring, world):
        self._world = world
        world.number("angle_cdeg", 0)
        world.number("pushes", 0)
        wiring.report("angle_cdeg", lambda: world["angle_cdeg"])
        wiring.report("pushes", lambda: world["pushes"])
        wiring.command("turn_by_hand", self._turn)

    def _turn(self, request):
        self._world.set("angle_cdeg", (self._world["angle_cdeg"] + request["cdeg"]) % 36000)
        self._world["pushes"] += 1


def build(wiring, world, clock):
    """Plug the chips in; contract: README.md."""
    Button(wiring, clock, pin=15)
    Lamp(wiring, pin=25)
    Wheel(wiring, world)
