"""MCP23017 at register level: sixteen more pins, eight of them switches, eight of them loads.

Data sheet 20001952, table 3-1, IOCON.BANK = 0: pairs for ports A and B, 00h IODIR (FFh at power-up), 02h IPOL, 04h
GPINTEN, 06h DEFVAL, 08h INTCON, 0Ah IOCON, 0Ch GPPU, 0Eh INTF, 10h INTCAP, 12h GPIO, 14h OLAT.  The address counts up
and goes round; with SEQOP set it only toggles within its pair (3.2.1).  BANK = 1 and interrupts are not modelled.
A restart of the processor alone does not reset it: outputs stay as they are until they are written.
"""

REGISTERS = 22
IODIR, IPOL, IOCON, GPPU, GPIO, OLAT = 0x00, 0x02, 0x0A, 0x0C, 0x12, 0x14


class Contact:
    """Something that closes a pin to ground (0) or leaves it open (1)."""

    level = 1

    def set(self, level):
        self.level = level


class Mcp23017:
    def __init__(self, wiring, world):
        """wiring.warm: the board was powered all the time."""
        self._wiring, self._world = wiring, world
        self._registers = world.block("expander", REGISTERS)
        self._pointer = 0
        self._contacts = [Contact() for _ in range(16)]  # A0 to A7, B0 to B7
        self._loads = {}
        self._driven = 0
        if not wiring.warm:
            self._registers[:] = b"\xff\xff" + bytes(REGISTERS - 2)
            world.save()

    def contact(self, pin):
        return self._contacts[pin]

    def load(self, pin, changed):
        """changed(1 or 0) at each change; a pin that nobody drives is 0 (the transistor's gate is pulled down)."""
        self._loads[pin] = changed

    def start(self):
        """Everything is plugged in: switch on what was on."""
        self._drive()

    def write(self, data, stop):
        if data:
            self._pointer = data[0] % REGISTERS
        for value in data[1:]:
            self._store(value)
            self._step()
        if len(data) > 1:
            self._world.save()
            self._drive()

    def _store(self, value):
        address = self._pointer
        if address & 0xFE == IOCON:
            if value & 0x80:
                self._wiring.emit("misuse", {"chip": "expander", "why": "IOCON.BANK = 1 is not modelled"})
            self._registers[IOCON] = self._registers[IOCON + 1] = value & 0x7E
        elif address & 0xFE == GPIO:
            self._registers[OLAT + (address & 1)] = value
        elif address < 0x0E or address >= OLAT:  # flags and captures cannot be written
            self._registers[address] = value

    def read(self, n):
        answer = bytearray(n)
        for i in range(n):
            port = self._pointer & 1
            answer[i] = self._pins(port) if self._pointer & 0xFE == GPIO else self._registers[self._pointer]
            self._step()
        return bytes(answer)

    def _step(self):
        if self._registers[IOCON] & 0x20:
            self._pointer ^= 1
        else:
            self._pointer = (self._pointer + 1) % REGISTERS

    def _pins(self, port):
        """An open contact needs its pull-up; without, the pin reads as it likes: here low."""
        inputs = self._registers[IODIR + port]
        open_ = 0
        for bit in range(8):
            open_ |= self._contacts[8 * port + bit].level << bit
        levels = (open_ & self._registers[GPPU + port] ^ self._registers[IPOL + port]) & inputs
        return levels | self._registers[OLAT + port] & ~inputs & 0xFF

    def _drive(self):
        """Tell the loads."""
        driven = 0
        for port in (0, 1):
            outputs = self._registers[OLAT + port] & ~self._registers[IODIR + port] & 0xFF
            driven |= outputs << 8 * port
        changed, self._driven = driven ^ self._driven, driven
        for pin, load in self._loads.items():
            if changed >> pin & 1:
                load(driven >> pin & 1)
