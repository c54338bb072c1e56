"""4.2 inch e-paper, 400 x 300 black on white, with an SSD1683 controller.  Shows lines of text.

What is said to the controller is in panel_update.py, which is loaded for each update and dropped: an update is rare,
and takes seconds anyway.
"""

import asyncio


class PanelFault(Exception):
    """The panel stayed busy: broken, unplugged or without power."""


class Panel:
    """`spi` at 20 MHz at most (data sheet, serial write); `cs`, `dc`, `reset` outputs, `busy` an input pin.

    `pictures`: firmware/ui/pictures.py.  `drop` forgets modules by name.  show() returns at once; a task of its own
    draws and waits.
    """

    def __init__(self, spi, cs, dc, reset, busy, pictures, drop, clock):
        self._spi = spi
        self._cs = cs
        self._dc = dc
        self._reset = reset
        self._busy = busy
        self._pictures = pictures
        self._drop = drop
        self._clock = clock
        self._wanted = None
        self._shown = None
        self._task = None
        self.quick = False  # somebody waits for every word: only what changes is driven, 0.7 s instead of 3
        self.failed = False  # the last update did not finish; the next show() of other lines tries again

    def show(self, lines):
        """Show at most 3 lines (firmware/ui/layout.py); the same lines again cost nothing.

        When called during an update (3 s), the lines follow after it, and only the latest ones.
        """
        lines = tuple(lines)
        if lines == self._wanted:
            return
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
                await self._update(lines, self._shown if self.quick else None)
                self._shown = lines
            self.failed = False
        except (PanelFault, OSError, MemoryError):  # OSError: a font file cannot be read
            self.failed = True
            self._wanted = self._shown = None  # unknown: whatever is asked for next is drawn
        finally:
            self._task = None

    async def _update(self, lines, before):
        from firmware.drivers.panel_update import Update

        update = Update(self._spi, self._cs, self._dc, self._reset, self._busy, self._clock)
        try:
            await update.write(lines, self._pictures, before)
            await update.show(before is not None)
        finally:
            self._drop("firmware.drivers.panel_update")
