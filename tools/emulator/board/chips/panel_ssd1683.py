"""SSD1683 with its 400 x 300 panel: commands and RAM in, a picture in a host file out.

Data sheet, command table.  Modelled: 01 gates, 10 deep sleep, 11 entry mode, 12 reset, 20/22 update, 21 RAM options,
24 black/white RAM, 26 red RAM, 44/45/4E/4F window and counters, BUSY.  Borders, temperature and voltages are ignored.
What the data sheet forbids (a command while BUSY or asleep) is lost and told to the bench as `misuse`.
"""

ROW_BYTES, ROWS = 50, 300
RESET_BUSY_US = 10_000
UPDATE_BUSY_US = 3_000_000  # a full update at room temperature
QUICK_BUSY_US = (
    730_000  # display mode 2 of 22h: 0.36 s, and the voltages on and off (GDEY042T81, measured by others)
)
MODE_2 = 0x08
SHOW = 0xC4  # of 22h: clock on, analog on, display


class PanelSsd1683:
    def __init__(self, wiring, world, clock, reset_pin, busy_pin):
        self._wiring, self._clock = wiring, clock
        self._busy = wiring.input(busy_pin, 0)
        self._ram = world.file("panel_ram.bin", ROW_BYTES * ROWS)
        self._red = world.file("panel_red.bin", ROW_BYTES * ROWS)
        self._screen = world.file("screen.bin", ROW_BYTES * ROWS)
        world.number("screen_made")
        if not world["screen_made"]:
            self._screen.write(b"\xff" * (ROW_BYTES * ROWS))  # white from the factory
            self._screen.flush()
            world["screen_made"] = 1
        self._asleep = False
        self._busy_until = 0
        self._reset_registers()
        wiring.output(reset_pin, self._reset_changed)

    def _reset_registers(self):
        self._command = None
        self._data = bytearray()
        self._gates = ROWS
        self._entry = 0x03
        self._ram_options = 0x00
        self._sequence = 0xFF
        self._x_window, self._y_window = (0, ROW_BYTES - 1), (0, ROWS - 1)
        self._x = self._y = 0

    def _reset_changed(self, level, t_us):
        if level:
            self._asleep = False
            self._reset_registers()
            self._be_busy(RESET_BUSY_US, None)

    def _be_busy(self, us, then):
        self._busy_until = self._clock.now_us() + us
        self._busy.set(1)

        def ready():
            self._busy.set(0)
            if then:
                then()

        self._clock.call_at(self._busy_until, ready)

    def transfer(self, data, dc):
        if self._asleep or self._clock.now_us() < self._busy_until:
            self._wiring.emit("misuse", {"chip": "panel", "why": "spoken to while asleep or busy"})
        elif dc:
            self._take(data)
        else:
            for command in data:
                self._begin(command)
        return None

    def _begin(self, command):
        self._command, self._data = command, bytearray()
        if command == 0x12:
            self._reset_registers()
            self._be_busy(RESET_BUSY_US, None)
        elif command == 0x20 and self._sequence & SHOW == SHOW:
            self._be_busy(QUICK_BUSY_US if self._sequence & MODE_2 else UPDATE_BUSY_US, self._update)

    def _take(self, data):
        if self._command in (0x24, 0x26):
            self._write_ram(bytes(data), self._ram if self._command == 0x24 else self._red)
            return
        self._data.extend(data)
        have = self._data
        if self._command == 0x01 and len(have) == 3:
            self._gates = min(ROWS, (have[0] | (have[1] & 1) << 8) + 1)
        elif self._command == 0x10:
            self._asleep = bool(have[0] & 3)
        elif self._command == 0x11:
            self._entry = have[0]
        elif self._command == 0x21:
            self._ram_options = have[0]
        elif self._command == 0x22:
            self._sequence = have[0]
        elif self._command == 0x44 and len(have) == 2:
            self._x_window = (have[0] & 0x3F, have[1] & 0x3F)
        elif self._command == 0x45 and len(have) == 4:
            self._y_window = (have[0] | (have[1] & 1) << 8, have[2] | (have[3] & 1) << 8)
        elif self._command == 0x4E:
            self._x = have[0] & 0x3F
        elif self._command == 0x4F and len(have) == 2:
            self._y = have[0] | (have[1] & 1) << 8

    def _write_ram(self, data, ram):
        if self._entry != 0x03:
            self._wiring.emit("misuse", {"chip": "panel", "why": "entry mode other than 03h is not modelled"})
            return
        while data:
            room = self._x_window[1] - self._x + 1
            if self._y < ROWS and self._x < ROW_BYTES:
                ram.seek(self._y * ROW_BYTES + self._x)
                ram.write(data[:room])
            if len(data) < room:
                self._x += len(data)
                return
            data = data[room:]
            self._x = self._x_window[0]
            self._y = self._y_window[0] if self._y >= self._y_window[1] else self._y + 1

    def _update(self):
        if self._sequence & MODE_2:
            self._update_quickly()
        else:
            self._update_all()
        self._screen.flush()
        self._wiring.emit("screen", {})

    def _update_all(self):
        if self._ram_options & 0xF0 != 0x40:
            self._wiring.emit(
                "misuse", {"chip": "panel", "why": "the red RAM was never written and is not bypassed"}
            )
        self._ram.seek(0)
        self._screen.seek(0)
        for _ in range(self._gates):
            self._screen.write(self._ram.read(ROW_BYTES))

    def _update_quickly(self):
        """Only pixels that differ between the two memories are driven; the others stay as they are."""
        for row in range(self._gates):
            for memory in (self._ram, self._red, self._screen):
                memory.seek(row * ROW_BYTES)
            new, old = self._ram.read(ROW_BYTES), self._red.read(ROW_BYTES)
            if new != old:
                shown = self._screen.read(ROW_BYTES)
                self._screen.seek(row * ROW_BYTES)
                rows = zip(shown, new, old)
                self._screen.write(bytes([pixel & ~(a ^ b) | a & (a ^ b) for pixel, a, b in rows]))
