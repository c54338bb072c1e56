"""MPR121 at register level, under the twelve keys of the filler: electrode 0..9 the digits, 10 Back, 11 OK.

Data sheet and AN4600: 00h touch status, 04h filtered data, 1Eh baselines, 41h thresholds, 5Bh debounce, 5Ch and 5Dh
sampling (10h and 24h after a reset), 5Eh electrode configuration (0 = stopped), 80h soft reset by 63h.  All but
5Eh and 73h..7Fh can be written only while it is stopped; the address counts up.
A finger that lies there when it starts belongs to the baseline and is not seen.  Not modelled: proximity, GPIO, IRQ,
auto-configuration, baselines that drift.
"""

UNTOUCHED, FINGER, NOISE = 0x2C0, 60, 2  # filtered counts, and what a finger takes off; an assumption
SAMPLES = (4, 6, 10, 18)  # SFI of 5Dh
TOUCH, RELEASE, DEBOUNCE, SAMPLING, RUN = 0x41, 0x42, 0x5B, 0x5D, 0x5E


class Mpr121:
    def __init__(self, clock):
        self._clock = clock
        self._fingers = self._absorbed = 0
        self._pointer = 0
        self.seen = 0  # the touch status as it was read last
        self._reset()

    def _reset(self):
        self._registers = bytearray(128)
        self._registers[0x5C], self._registers[SAMPLING] = 0x10, 0x24
        self._touched = 0
        self._since_us = 0

    def finger(self, electrode, on):
        """A finger comes to rest on an electrode, or leaves it."""
        bit = 1 << electrode
        self._fingers = self._fingers | bit if on else self._fingers & ~bit
        if not on:
            self._absorbed &= ~bit
        if self._registers[RUN] & 15 > electrode:
            self._clock.call_at(self._noticed_us(on), lambda: self._notice(bit, on))

    def _noticed_us(self, on):
        """When the samples since now suffice: one, and as many more as the debounce says."""
        sampling, debounce = self._registers[SAMPLING], self._registers[DEBOUNCE]
        period_us = (1000 << (sampling & 7)) * SAMPLES[sampling >> 3 & 3]
        more = debounce & 7 if on else debounce >> 4 & 7
        passed = (self._clock.now_us() - self._since_us) // period_us
        return self._since_us + (passed + 1 + more) * period_us

    def _notice(self, bit, on):
        held = bool(self._fingers & ~self._absorbed & bit)
        if held == on and self._registers[RUN] & 15:
            self._touched = self._touched | bit if on else self._touched & ~bit

    def write(self, data, stop):
        if data:
            self._pointer = data[0]
        for value in data[1:]:
            self._store(self._pointer, value)
            self._pointer = (self._pointer + 1) & 0xFF

    def _store(self, address, value):
        if address == 0x80:
            if value == 0x63:
                self._reset()
        elif address == RUN:
            if value & 15 and not self._registers[RUN] & 15:
                self._since_us, self._absorbed = self._clock.now_us(), self._fingers
            elif not value & 15:
                self._touched = 0
            self._registers[RUN] = value
        elif 0x2B <= address < 0x80 and (not self._registers[RUN] & 15 or address >= 0x73):
            self._registers[address] = value

    def read(self, n):
        answer = bytearray(n)
        for i in range(n):
            answer[i] = self._register(self._pointer)
            self._pointer = (self._pointer + 1) & 0xFF
        return bytes(answer)

    def _register(self, address):
        if address < 2:
            self.seen = self._status()
            return self.seen >> 8 * address & 0xFF
        if 0x04 <= address < 0x1E:
            return self._filtered((address - 4) // 2) >> 8 * (address & 1) & 0xFF
        if 0x1E <= address < 0x2B:
            return UNTOUCHED >> 2 if self._registers[RUN] & 15 else 0
        return self._registers[address] if address < 0x80 else 0

    def _status(self):
        """With thresholds in the noise an electrode is always touched; above what a finger does, never."""
        status = 0
        for electrode in range(self._registers[RUN] & 15):
            threshold = self._registers[TOUCH + 2 * electrode]
            if threshold <= NOISE or (threshold < FINGER and self._touched >> electrode & 1):
                status |= 1 << electrode
        return status

    def _filtered(self, electrode):
        if electrode >= self._registers[RUN] & 15:
            return 0
        wobble = (self._clock.now_us() >> 10) % (NOISE + 1)
        return UNTOUCHED - wobble - (FINGER if self._fingers >> electrode & 1 else 0)


class Keys:
    """A hand that types: `*` is Back, `#` is OK.

    While it types a number it waits for the device, as people do: a key is let go, and the next one touched, only
    when the device has seen it; on a host that is busy a look can be late.  It does not wait for ever.
    """

    FACES = "0123456789*#"
    HOLD_US, GAP_US = 150_000, 200_000
    WAIT_US, WAITS = 50_000, 40

    def __init__(self, wiring, clock, chip):
        self._clock, self._chip = clock, chip
        self._todo = ""
        self._hold_us = self.HOLD_US
        self._down = None
        self._number = False  # more than one key
        self._waits = 0
        wiring.command("key", self._type)

    def _type(self, request):
        keys = request["keys"]
        if not keys or any(key not in self.FACES for key in keys):
            raise ValueError("The keypad has 0 to 9, * (Back) and # (OK); give 'keys' as a text of these.")
        self._hold_us = request.get("ms", self.HOLD_US // 1000) * 1000  # how long each is held
        idle = not self._todo and self._down is None
        self._todo += keys
        self._number = len(self._todo) > 1 or not idle
        if idle:
            self._go_on()
        return {"ms": len(self._todo) * (self._hold_us + self.GAP_US) // 1000}

    def _go_on(self):
        unseen = self._chip.seen if self._down is None else not self._chip.seen >> self._down & 1
        if self._number and unseen and self._waits < self.WAITS:
            self._waits += 1
            self._clock.call_at(self._clock.now_us() + self.WAIT_US, self._go_on)
            return
        self._waits = 0
        wait_us = 0
        if self._down is not None:
            self._chip.finger(self._down, False)
            self._down, wait_us = None, self.GAP_US
        elif self._todo:
            self._down = self.FACES.find(self._todo[0])
            self._todo = self._todo[1:]
            self._chip.finger(self._down, True)
            wait_us = self._hold_us
        if wait_us:
            self._clock.call_at(self._clock.now_us() + wait_us, self._go_on)
