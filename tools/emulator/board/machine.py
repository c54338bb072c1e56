"""`machine` of the rp2 port, as far as the boards use it, on the virtual wiring.

Differences from the chip: see docs/decisions (the emulator supplies `machine`).  What is missing raises
AttributeError in the firmware, as a wrong name does on the board.
"""

from buses import I2C, SPI  # noqa: F401 (part of the module, as the ones below)
from clock import FOREVER
from this_board import clock, config, control, wiring
from timers import RTC, WDT, Timer  # noqa: F401
from uart import UART  # noqa: F401
from wiring import ALT, IN, OPEN_DRAIN, OUT

PWRON_RESET, WDT_RESET = 1, 3  # the rp2 port knows no others; machine.reset() counts as WDT_RESET there too


def unique_id():
    return bytes.fromhex(config["unique_id"])


def reset_cause():
    return config["cause"]


def freq(hz=None):
    return 125_000_000


def idle():
    clock.step(clock.now_us() + 1000)


def lightsleep(ms=None):
    clock.sleep(FOREVER if ms is None else ms * 1000)


def disable_irq():
    clock.mask()
    return 1


def enable_irq(state=1):
    clock.unmask()


def reset():
    control.end("reset", clock.now_us())


def soft_reset():
    control.end("soft_reset", clock.now_us())


def bootloader(timeout=0):
    control.end("bootsel", clock.now_us())


class Pin:
    IN, OUT, OPEN_DRAIN, ALT = IN, OUT, OPEN_DRAIN, ALT
    PULL_UP, PULL_DOWN = 1, 2
    IRQ_LOW_LEVEL, IRQ_HIGH_LEVEL, IRQ_FALLING, IRQ_RISING = 1, 2, 4, 8

    def __init__(self, id, mode=-1, pull=-1, value=None, alt=0):
        self.id = id.id if isinstance(id, Pin) else id
        self._line = wiring.line(self.id)
        if mode != -1:
            self.init(mode, pull, value=value)

    def init(self, mode=-1, pull=-1, value=None, alt=0):
        line = self._line
        if pull != -1:
            line.pull = pull or 0
        if mode == OUT or mode == OPEN_DRAIN:
            line.put(line.out if value is None else int(bool(value)), mode)
        elif mode != -1:
            line.put(0, mode)

    def value(self, level=None):
        if level is None:
            clock.read()
            return self._line.value()
        self._line.put(1 if level else 0, self._line.mode)

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    high, low = on, off

    def toggle(self):
        self.value(not self._line.out)

    def mode(self):
        return self._line.mode

    def irq(self, handler=None, trigger=IRQ_FALLING | IRQ_RISING, hard=False):
        line = self._line
        line.handler, line.trigger, line.owner = handler, trigger, self
        return self

    def __repr__(self):
        return "Pin(GPIO%d)" % self.id


class Signal:
    def __init__(self, pin, invert=False):
        self._pin, self._invert = pin, invert

    def value(self, level=None):
        if level is None:
            return self._pin.value() ^ self._invert
        self._pin.value(bool(level) ^ self._invert)

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)


class PWM:
    def __init__(self, pin, freq=0, duty_u16=None, duty_ns=None, invert=False):
        self._pin = pin.id if isinstance(pin, Pin) else pin
        self._freq, self._duty = 0, 0
        wiring.line(self._pin).mode = ALT
        self.init(freq or None, duty_u16, duty_ns)

    def init(self, freq=None, duty_u16=None, duty_ns=None, invert=False):
        if freq is not None:
            if not 8 <= freq <= 62_500_000:  # rp2 port: divider of at most 255 15/16
                raise ValueError("freq too " + ("small" if freq < 8 else "large"))
            self._freq = freq
        if duty_ns is not None:
            duty_u16 = min(65535, duty_ns * self._freq * 65535 // 1_000_000_000)
        if duty_u16 is not None:
            self._duty = max(0, min(65535, duty_u16))
        self._tell()

    def freq(self, hz=None):
        if hz is None:
            return self._freq
        self.init(freq=hz)

    def duty_u16(self, duty=None):
        if duty is None:
            return self._duty
        self.init(duty_u16=duty)

    def duty_ns(self, ns=None):
        if ns is None:
            return self._duty * 1_000_000_000 // 65535 // self._freq
        self.init(duty_ns=ns)

    def deinit(self):
        self._freq = self._duty = 0
        self._tell()

    def _tell(self):
        changed = wiring.pwms.get(self._pin)
        if changed:
            changed(self._freq, self._duty if self._freq else 0, clock.now_us())


class ADC:
    CORE_TEMP = 4

    def __init__(self, pin):
        self._pin = pin.id if isinstance(pin, Pin) else pin

    def read_u16(self):
        clock.sleep(2)  # 96 cycles of 48 MHz, RP2040 datasheet 4.9
        read_u16 = wiring.adcs.get(self._pin)
        return read_u16() if read_u16 else 0
