"""Which chip hangs on which pin or bus: between machine.py, which the firmware calls, and the chips."""

IN, OUT, OPEN_DRAIN, ALT = 0, 1, 2, 3  # machine.Pin modes of the rp2 port
PULL_UP = 1
IRQ_FALLING, IRQ_RISING = 4, 8
EIO = 5


class Line:
    """One pin: what the board drives, what the firmware drives, who listens."""

    def __init__(self, clock):
        self._clock = clock
        self.driven = None
        self.out = 0
        self.mode = IN
        self.pull = 0
        self.changed = None
        self.handler = None
        self.trigger = 0
        self.owner = None

    def value(self):
        if self.mode == OUT or (self.mode == OPEN_DRAIN and not self.out):
            return self.out
        if self.driven is not None:
            return self.driven
        return 1 if self.pull == PULL_UP or self.mode == OPEN_DRAIN else 0

    def set(self, level):
        """The board drives the pin to `level`; an edge is an interrupt now."""
        before = self.value()
        self.driven = level
        after = self.value()
        if before != after and self.handler and self.trigger & (IRQ_RISING if after else IRQ_FALLING):
            self._clock.interrupt(self.handler, self.owner)

    def put(self, level, mode):
        """The firmware drives the pin."""
        before = self.value() if self.mode in (OUT, OPEN_DRAIN) else 0
        self.out, self.mode = level, mode
        after = self.value()
        if before != after and self.changed:
            self.changed(after, self._clock.now_us())


class Wiring:
    """emit(name, fields) tells the bench, end(reason) ends this power-on; the rest is described in README.md.

    powered: False in the process that only keeps the mechanics going while the power is off.
    warm: the processor alone has restarted, the power never failed.
    """

    def __init__(self, clock, emit, end, powered, warm):
        self.clock = clock
        self.emit = emit
        self.end = end
        self.powered = powered
        self.warm = warm
        self.commands = {}
        self.reports = {}
        self.pwms = {}
        self.adcs = {}
        self._lines = {}
        self._i2c = {}
        self._spi = {}
        self.uarts = {}

    def line(self, pin):
        if pin not in self._lines:
            self._lines[pin] = Line(self.clock)
        return self._lines[pin]

    def input(self, pin, level=1):
        line = self.line(pin)
        line.driven = level
        return line

    def output(self, pin, changed):
        self.line(pin).changed = changed

    def pwm(self, pin, changed):
        self.pwms[pin] = changed

    def adc(self, pin, read_u16):
        self.adcs[pin] = read_u16

    def level(self, pin):
        return self.line(pin).value()

    def i2c(self, bus, address, chip):
        self._i2c.setdefault(bus, {})[address] = chip

    def spi(self, bus, cs_pin, chip, dc_pin=None):
        self._spi.setdefault(bus, []).append((self.line(cs_pin), chip, dc_pin))

    def uart(self, number, chip):
        self.uarts[number] = chip

    def report(self, name, function):
        self.reports[name] = function

    def command(self, name, function):
        self.commands[name] = function

    def i2c_addresses(self, bus):
        return sorted(self._i2c.get(bus, {}))

    def i2c_chip(self, bus, address):
        """The chip that answers at `address`.  Raises OSError(EIO) when none does, as the rp2 port does."""
        chip = self._i2c.get(bus, {}).get(address)
        if chip is None:
            raise OSError(EIO)
        return chip

    def spi_transfer(self, bus, data):
        """What comes back while `data` goes out to the chips whose select is low; None when nothing answers."""
        answer = None
        for select, chip, dc_pin in self._spi.get(bus, ()):
            if select.mode == OUT and select.out == 0:
                answer = chip.transfer(data, self.level(dc_pin) if dc_pin is not None else 0)
        return answer
