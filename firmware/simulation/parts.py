"""What the firmware's drivers hold in their hands: pins, buses, PWMs.  One set for each power-on.

The drivers are the firmware's own, but for the half-steps of a motor, which are one motion here (tray_parts.py,
roll_parts.py); panel and tone only keep what they were told.
"""

from firmware.simulation.world import COVERED, SHUTTER_MS


class Pin:
    """An input; `read` gives its level."""

    def __init__(self, read):
        self._read = read
        self._handler = None

    def value(self):
        return self._read()

    def irq(self, handler, trigger):
        self._handler = handler

    def changed(self):
        """An edge: the chip interrupts."""
        if self._handler is not None:
            self._handler(self)


class Kept:
    """A driver that the firmware loads on use (drivers/on_use.py); here it stays."""

    def __init__(self, part):
        self._part = part

    def __getattr__(self, name):
        return getattr(self._part, name)

    def let_go(self):
        """Nothing to forget."""


class Lamp:
    """The button's light."""

    def __init__(self):
        self.duty = 0

    def duty_u16(self, duty):
        self.duty = duty


class Servo:
    """The shutter's servo: a pulse says where to, no pulse lets go."""

    def __init__(self, world, command):
        self._world = world
        self._command = command

    def duty_u16(self, duty):
        world = self._world
        if duty == 0:
            if world.sliding is not None:
                world.stop_sliding()
            return
        end = 1.0 if duty * 20_000 // 65535 > 1500 else 0.0
        self._command("shutter", "open" if end else "close", SHUTTER_MS)
        was_closed = world.opening() < COVERED
        world.slide(end)
        if was_closed and world.sliding[3] > COVERED:
            world.uncover()


class Tone:
    """What sounds."""

    def __init__(self):
        self.pattern = ()

    def play(self, pattern, repeat=True):
        self.pattern = pattern

    def stop(self):
        self.pattern = ()


class Panel:
    """What stands there."""

    settled = True

    def __init__(self, shows):
        self._shows = shows
        self.lines = None

    def show(self, lines):
        lines = tuple(lines)
        if lines != self.lines:
            self.lines = lines
            self._shows(lines)


class Watchdog:
    """machine.WDT's part; time that was jumped over does not count."""

    def __init__(self, world, limit_ms, bite):
        self._world = world
        self._limit_ms = limit_ms
        self._bite = bite
        self._fed = self._now()

    def _now(self):
        return self._world.now_ms - self._world.skipped_ms

    def feed(self):
        if self._now() - self._fed > self._limit_ms:
            self._bite()
        self._fed = self._now()
