"""MAX17048 at register level: sixteen-bit registers, high byte first, on the cell of battery.py.

Data sheet 19-6171, register summary: 02h VCELL (78.125 uV), 04h SOC (1/256 %), 08h VERSION (001xh), 0Ah HIBRT (8030h),
0Ch CONFIG (971Ch), 14h VALRT (00FFh), 18h VRESET/ID (96xxh), 1Ah STATUS (01xxh after its own reset).  The address
counts up.
Its model of the cell is taken as perfect; the ALRT pin, hibernation and CRATE are not modelled.
"""

DEFAULTS = {0x0A: 0x8030, 0x0C: 0x971C, 0x14: 0x00FF, 0x18: 0x9600, 0x1A: 0x0100}


class GaugeMax17048:
    def __init__(self, wiring, world, battery):
        self._world, self._battery = world, battery
        self._pointer = 0
        world.number("gauge", 1)
        wiring.command("gauge", self._break)

    def _break(self, request):
        """Bench: its solder joint breaks or holds."""
        self._world["gauge"] = int(bool(request["ok"]))

    def write(self, data, stop):
        self._connected()
        if data:
            self._pointer = data[0]

    def read(self, n):
        self._connected()
        answer = bytearray(n)
        for i in range(n):
            word = self._word(self._pointer & 0xFE)
            answer[i] = word & 0xFF if self._pointer & 1 else word >> 8
            self._pointer = (self._pointer + 1) & 0xFF
        return bytes(answer)

    def _connected(self):
        if not self._world["gauge"]:
            raise OSError(5)

    def _word(self, address):
        if address == 0x02:
            return self._battery.millivolts() * 1_000_000 // 78_125
        if address == 0x04:
            return self._battery.per_mille() * 25_600 // 1000
        if address == 0x08:
            return 0x0012
        return DEFAULTS.get(address, 0)
