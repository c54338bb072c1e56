"""VCNL4040 at register level: infrared light that comes back from what lies above it.

Data sheet 84274, command codes, 16 bits, low byte first: 00h ALS_CONF, 03h PS_CONF1 (low) and PS_CONF2 (high), 04h
PS_CONF3 and PS_MS, 05h PS_CANC, 06h/07h thresholds, 08h PS_DATA, 0Ch ID 0186h.  A register is read after a repeated
start.  Switched off (PS_SD = 1, PS_CONF1 bit 0) after power-up.  Not modelled: ambient light, interrupts, the
active-force mode; a value is of the instant it is read.
"""

IT_TENTHS = (10, 15, 20, 25, 30, 35, 40, 80)  # PS_IT: length of the flash, in tenths of 1T
LED_MA = (50, 75, 100, 120, 140, 160, 180, 200)  # LED_I of PS_MS
FIRST_US = (
    4_850,
    9_700,
    19_400,
    38_800,
)  # at 1T by PS_DUTY 1/40 to 1/320: the first value after switching on
ID = 0x0186
TREMBLE = (0, 1, 0, -1)


class Vcnl4040:
    def __init__(self, clock, view):
        """view(): counts that come back at 1T and 50 mA, the least it can do."""
        self._clock, self._view = clock, view
        self._pointer = 0
        self._words = [1, 0, 0, 1, 0, 0, 0, 0]  # 00h to 07h
        self._since_us = 0
        self._reads = 0

    def write(self, data, stop):
        if data:
            self._pointer = data[0]
        if len(data) == 3 and self._pointer < 8:
            word = data[1] | data[2] << 8
            if self._pointer == 3 and (word ^ self._words[3]) & 1:
                self._since_us = self._clock.now_us()
            self._words[self._pointer] = word

    def read(self, n):
        word = self._word()
        return (bytes((word & 0xFF, word >> 8)) + b"\xff" * n)[:n]

    def _word(self):
        if self._pointer == 0x08:
            return self._measured()
        if self._pointer == 0x0C:
            return ID
        return self._words[self._pointer] if self._pointer < 8 else 0

    def _measured(self):
        configured = self._words[3]
        tenths = IT_TENTHS[configured >> 1 & 7]
        first_us = FIRST_US[configured >> 6 & 3] * tenths // 10
        if configured & 1 or self._clock.now_us() - self._since_us < first_us:
            return 0
        self._reads = (self._reads + 1) % len(TREMBLE)
        counts = self._view() + TREMBLE[self._reads]
        counts = counts * tenths * LED_MA[self._words[4] >> 8 & 7] // 500
        most = 0xFFFF if configured & 0x0800 else 0x0FFF  # PS_HD
        return max(0, min(most, counts - self._words[5]))
