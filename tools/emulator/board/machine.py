"""`machine` of the rp2 port, as far as the boards use it, on the virtual wiring.

Differences from the chip: see docs/decisions (the emulator supplies `machine`).  What is missing raises
AttributeError in the firmware, as a wrong name does on the board.
"""

from clock import FOREVER
from this_board import clock, config, control, wiring
from uart import UART  # noqa: F401 (part of the module)
from wiring import ALT, IN, OPEN_DRAIN, OUT

PWRON_RESET, WDT_RESET = 1, 3  # the rp2 port knows no others; machine.reset() counts as WDT_RESET there too
LONGEST_WATCHDOG_MS = 8388  # RP2040 datasheet 4.7: 24 bits at 2 ticks a microsecond


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


class I2C:
    def __init__(self, id=0, scl=None, sda=None, freq=400_000, timeout=50_000):
        self._bus, self._freq = id, freq

    def _pass_bytes(self, n):
        clock.sleep((n + 1) * 9 * 1_000_000 // self._freq)  # address and n bytes, each with its acknowledge

    def scan(self):
        return wiring.i2c_addresses(self._bus)

    def writeto(self, addr, buf, stop=True):
        self._pass_bytes(len(buf))
        wiring.i2c_chip(self._bus, addr).write(bytes(buf), stop)
        return len(buf)

    def writevto(self, addr, vector, stop=True):
        return self.writeto(addr, b"".join(vector), stop)

    def readfrom(self, addr, nbytes, stop=True):
        self._pass_bytes(nbytes)
        return bytes(wiring.i2c_chip(self._bus, addr).read(nbytes))

    def readfrom_into(self, addr, buf, stop=True):
        buf[:] = self.readfrom(addr, len(buf), stop)

    def _register(self, memaddr, addrsize):
        return memaddr.to_bytes(addrsize // 8, "big")

    def writeto_mem(self, addr, memaddr, buf, addrsize=8):
        self.writeto(addr, self._register(memaddr, addrsize) + bytes(buf))

    def readfrom_mem(self, addr, memaddr, nbytes, addrsize=8):
        self.writeto(addr, self._register(memaddr, addrsize), False)
        return self.readfrom(addr, nbytes)

    def readfrom_mem_into(self, addr, memaddr, buf, addrsize=8):
        buf[:] = self.readfrom_mem(addr, memaddr, len(buf), addrsize)


class SPI:
    MSB, LSB = 1, 0

    def __init__(self, id=0, baudrate=1_000_000, **options):
        self._bus, self._baudrate = id, baudrate

    def init(self, baudrate=1_000_000, **options):
        self._baudrate = baudrate

    def _exchange(self, data):
        clock.sleep(len(data) * 8 * 1_000_000 // self._baudrate)
        return wiring.spi_transfer(self._bus, memoryview(data))

    def write(self, buf):
        self._exchange(buf)

    def read(self, nbytes, write=0):
        return bytes(self._exchange(bytes((write,)) * nbytes) or bytes(nbytes))

    def readinto(self, buf, write=0):
        buf[:] = self.read(len(buf), write)

    def write_readinto(self, write_buf, read_buf):
        read_buf[:] = self._exchange(write_buf) or bytes(len(read_buf))

    def deinit(self):
        pass


class WDT:
    """Bites in virtual time.  A firmware that hangs without touching clock or pins is bitten by the supervisor."""

    def __init__(self, id=0, timeout=5000):
        if not 1 <= timeout <= LONGEST_WATCHDOG_MS:
            raise ValueError("timeout exceeds " + str(LONGEST_WATCHDOG_MS))
        self._timeout_us = timeout * 1000
        control.send({"watchdog_ms": timeout})
        self.feed()
        clock.call_at(self._deadline, self._look)

    def feed(self):
        self._deadline = clock.now_us() + self._timeout_us

    def _look(self):
        if clock.now_us() >= self._deadline:
            control.end("watchdog", clock.now_us())
        clock.call_at(self._deadline, self._look)


class Timer:
    ONE_SHOT, PERIODIC = 0, 1

    def __init__(self, id=-1, **options):
        self._entry = None
        if options:
            self.init(**options)

    def init(self, mode=PERIODIC, freq=-1, period=-1, callback=None, hard=False):
        self.deinit()
        self._mode, self._callback = mode, callback
        self._period_us = int(1_000_000 / freq) if freq != -1 else period * 1000
        self._entry = clock.call_at(clock.now_us() + self._period_us, self._fire)

    def _fire(self):
        if self._mode == Timer.PERIODIC:
            self._entry = clock.call_at(self._entry[0] + self._period_us, self._fire)
        if self._callback:
            clock.interrupt(self._callback, self)

    def deinit(self):
        if self._entry:
            clock.cancel(self._entry)
            self._entry = None


class RTC:
    """The chip's own calendar clock: starts at 2021-01-01 after power-on, is not kept over a power cut."""

    def datetime(self, parts=None):
        import time

        if parts is None:
            y, mo, d, h, mi, s, weekday, _ = time.gmtime(time.time())
            return (y, mo, d, weekday, h, mi, s, 0)
        y, mo, d, _, h, mi, s, _ = parts
        time.rtc_offset_s[0] += time.mktime((y, mo, d, h, mi, s, 0, 0)) - time.time()
