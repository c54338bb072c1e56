"""4.2 inch e-paper, 400 x 300 black on white, with an SSD1683 controller.  Shows lines of text.

Source: Solomon Systech SSD1683 data sheet rev 1.0, command table (named here by command), and its operation
flow: wait while BUSY is high, which it is after a reset and during an update; no command may be sent then.
A one in the black/white RAM is white.  The panel keeps its picture without power, and sleeps between updates.
"""

import asyncio

_DRIVER_OUTPUT = 0x01
_DEEP_SLEEP = 0x10
_DATA_ENTRY = 0x11
_SW_RESET = 0x12
_TEMPERATURE_SENSOR = 0x18
_MASTER_ACTIVATION = 0x20
_UPDATE_CONTROL_1 = 0x21
_UPDATE_CONTROL_2 = 0x22
_WRITE_RAM = 0x24
_BORDER = 0x3C
_RAM_X_WINDOW = 0x44
_RAM_Y_WINDOW = 0x45
_RAM_X = 0x4E
_RAM_Y = 0x4F

HEIGHT = 300
ROW_BYTES = 50
STRIP_ROWS = 20  # 1,000 bytes instead of a picture of 15,000

_SET_UP = (
    (_DRIVER_OUTPUT, b"\x2b\x01\x00"),  # 300 gates (0x12B + 1), scanned upwards
    (_BORDER, b"\x05"),  # border follows white
    (_TEMPERATURE_SENSOR, b"\x80"),  # the one inside
    (_DATA_ENTRY, b"\x03"),  # x and y count up, x first
    (_RAM_X_WINDOW, b"\x00\x31"),  # bytes 0 to 49
    (_RAM_Y_WINDOW, b"\x00\x00\x2b\x01"),  # rows 0 to 299
    (_RAM_X, b"\x00"),
    (_RAM_Y, b"\x00\x00"),
)
_SHOW = (
    (_UPDATE_CONTROL_1, b"\x40\x00"),  # the second (red) RAM counts as zero
    (_UPDATE_CONTROL_2, b"\xf7"),  # clock and analog on, temperature, LUT, mode 1, all off again
    (_MASTER_ACTIVATION, b""),
)

RESET_MS = 10  # panel makers' flow: low 10 ms, then 10 ms until BUSY may be believed
BUSY_LOOK_MS = 20
# A full update takes 2 to 4 s at room temperature and longer in the cold; 10 s is a panel that is not there.
BUSY_LIMIT_MS = 10000


class PanelFault(Exception):
    """The panel stayed busy: broken, unplugged or without power."""


class Panel:
    """`spi` at 20 MHz at most (data sheet, serial write); `cs`, `dc`, `reset` outputs, `busy` an input pin.

    `drawing`: firmware/ui/drawing.py.  show() returns at once; a task of its own draws and waits.
    """

    def __init__(self, spi, cs, dc, reset, busy, drawing, clock):
        self._spi = spi
        self._cs = cs
        self._dc = dc
        self._reset = reset
        self._busy = busy
        self._drawing = drawing
        self._clock = clock
        self._strip = bytearray(ROW_BYTES * STRIP_ROWS)
        self._wanted = None
        self._shown = None
        self._task = None
        self.failed = False  # the last update did not finish; the next show() of other lines tries again

    def show(self, lines):
        """Show at most 3 lines (firmware/ui/layout.py); the same lines again cost nothing.

        When called during an update (3 s), the lines follow after it, and only the latest ones.
        Raises ValueError for lines that do not fit.
        """
        lines = tuple(lines)
        if lines == self._wanted:
            return
        try:
            self._drawing.place(lines)
        except OSError:  # a font file cannot be read: the update will find that too, and say so
            pass
        self._wanted = lines
        if self._task is None:
            self._task = asyncio.create_task(self._follow())

    @property
    def settled(self):
        """True when the panel shows what was last asked for, or has failed to."""
        return self._task is None

    async def _follow(self):
        try:
            while self._shown != self._wanted:
                lines = self._wanted
                await self._update(lines)
                self._shown = lines
            self.failed = False
        except (PanelFault, OSError):  # OSError: a font file cannot be read
            self.failed = True
            self._wanted = self._shown = None  # unknown: whatever is asked for next is drawn
        finally:
            self._task = None

    async def _update(self, lines):
        await self._wake()
        for command, data in _SET_UP:
            self._send(command, data)
        await self._write_picture(self._drawing.place(lines))
        for command, data in _SHOW:
            self._send(command, data)
        await self._until_ready()
        self._send(_DEEP_SLEEP, b"\x01")  # mode 1; only the reset pin wakes it

    async def _wake(self):
        self._reset.value(0)
        await asyncio.sleep_ms(RESET_MS)
        self._reset.value(1)
        await asyncio.sleep_ms(RESET_MS)
        await self._until_ready()
        self._send(_SW_RESET, b"")
        await self._until_ready()

    async def _write_picture(self, placed):
        self._send(_WRITE_RAM, b"")
        self._drawing.open()
        try:
            for top in range(0, HEIGHT, STRIP_ROWS):
                self._drawing.strip(placed, top, STRIP_ROWS, self._strip)
                self._data(self._strip)
                await asyncio.sleep_ms(0)  # the button and the motor come first
        finally:
            self._drawing.close()

    async def _until_ready(self):
        since_ms = self._clock.ms()
        while True:
            await asyncio.sleep_ms(BUSY_LOOK_MS)
            if not self._busy.value():
                return
            if self._clock.elapsed_ms(since_ms) > BUSY_LIMIT_MS:
                raise PanelFault("the panel stays busy")

    def _send(self, command, data):
        self._dc.value(0)
        self._cs.value(0)
        self._spi.write(bytes((command,)))
        self._cs.value(1)
        if data:
            self._data(data)

    def _data(self, data):
        self._dc.value(1)
        self._cs.value(0)
        self._spi.write(data)
        self._cs.value(1)
