"""One update of the panel: what is said to the SSD1683, and the picture, strip by strip.  Loaded for each update.

Source: Solomon Systech SSD1683 data sheet rev 1.0, command table (named here by command), and its operation
flow: wait while BUSY is high, which it is after a reset and during an update; no command may be sent then.
A one in the black/white RAM is white.  A quick update (display mode 2) drives only what differs from the picture in the
red RAM; users of this panel measure 0.36 s for it, and 0.1 and 0.27 s for the voltages on and off.  The panel keeps
its picture without power, and sleeps between updates.
"""

import asyncio

from firmware.drivers.panel import PanelFault

_DRIVER_OUTPUT = 0x01
_DEEP_SLEEP = 0x10
_DATA_ENTRY = 0x11
_SW_RESET = 0x12
_TEMPERATURE_SENSOR = 0x18
_MASTER_ACTIVATION = 0x20
_UPDATE_CONTROL_1 = 0x21
_UPDATE_CONTROL_2 = 0x22
_WRITE_RAM = 0x24
_WRITE_RED_RAM = 0x26
_BORDER = 0x3C
_RAM_X_WINDOW = 0x44
_RAM_Y_WINDOW = 0x45
_RAM_X = 0x4E
_RAM_Y = 0x4F

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

_SHOW_QUICKLY = (
    (_BORDER, b"\x80"),  # the border stays as it is
    (_UPDATE_CONTROL_1, b"\x00\x00"),  # the second RAM counts: what was shown before
    (_UPDATE_CONTROL_2, b"\xff"),  # as above, display mode 2
    (_MASTER_ACTIVATION, b""),
)

RESET_MS = 10  # panel makers' flow: low 10 ms, then 10 ms until BUSY may be believed
BUSY_LOOK_MS = 20
# A full update takes 2 to 4 s at room temperature and longer in the cold; 10 s is a panel that is not there.
BUSY_LIMIT_MS = 10000


HEIGHT = 300
ROW_BYTES = 50
STRIP_ROWS = 20  # 1,000 bytes instead of a picture of 15,000


class Update:
    """`spi`, `cs`, `dc`, `reset`, `busy`, `clock`: those of the Panel."""

    def __init__(self, spi, cs, dc, reset, busy, clock):
        self._spi = spi
        self._cs = cs
        self._dc = dc
        self._reset = reset
        self._busy = busy
        self._clock = clock

    async def write(self, lines, pictures, before=None):
        """Wake the panel and fill its memory with these lines.  pictures: firmware/ui/pictures.py.

        before: the lines that it shows now, for a quick update.
        Raises PanelFault, OSError when a font file cannot be read, and ValueError for lines that do not fit.
        """
        await self._wake()
        for command, data in _SET_UP:
            self._send(command, data)
        drawing = pictures.open()
        try:
            if before is not None:
                await self._fill(_WRITE_RED_RAM, drawing, before)
            await self._fill(_WRITE_RAM, drawing, lines)
        finally:
            pictures.close(drawing)

    async def _fill(self, memory, drawing, lines):
        """After a whole picture the counters stand at its beginning again."""
        self._send(memory, b"")
        strip = bytearray(ROW_BYTES * STRIP_ROWS)
        placed = drawing.place(lines)
        for top in range(0, HEIGHT, STRIP_ROWS):
            drawing.strip(placed, top, STRIP_ROWS, strip)
            self._data(strip)
            await asyncio.sleep_ms(0)  # the button and the motor come first

    async def show(self, quickly=False):
        """Let the panel show what its memory holds, and sleep.  Raises PanelFault."""
        for command, data in _SHOW_QUICKLY if quickly else _SHOW:
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
