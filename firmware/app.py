"""The dispenser's shell: let the rooms be built and started, watch that all of them are alive."""

import asyncio

from firmware.shell.rare import drop
from protocol.device_events import LidClosed, LidOpened

WATCH_MS = 1000  # the watchdog allows 8 s (drivers/watchdog.py); a lid is read twice before it counts
TIDY_MS = 60000


class App:
    """`board`: what boards/*.py builds.  `keystore`: open, on `settings`.  `reset_cause`: machine.reset_cause()."""

    def __init__(self, board, settings, keystore, reset_cause):
        from firmware.furnishing import furnish

        self._board = board
        self._start_with = board, settings, keystore, reset_cause
        self._rooms = furnish(board, settings, keystore)
        self._recorder = self._rooms.recorder
        self._uptime = self._rooms.uptime
        self._lid_open = board.lid.open
        self._tidied_ms = 0

    def _start(self):
        from firmware.furnishing import start

        link = start(self._rooms, *self._start_with)
        del start
        drop("firmware.furnishing", "firmware.version")
        return link

    async def run(self):
        """Dispense for ever; ends only with an error."""
        link, doses = self._start(), self._rooms.doses
        await asyncio.gather(
            self._watch(),
            self._rooms.face.run(),
            doses.watch_button(),
            doses.run(),
            self._rooms.refilling.run(),
            link.listen(),
            link.run(),
        )

    async def _watch(self):
        """Feed the watchdog while every task is alive; see the lid and all that is an alarm; keep house."""
        while True:
            silent = self._rooms.vigil.silent(self._uptime.ms())
            if silent is None:
                self._board.watchdog.feed()
            else:
                print("task is silent:", silent)
            self._look_at_lid()
            self._rooms.alarms.look()
            if self._board.usb.poll(0) and not self._rooms.mechanism.moving:
                from firmware.shell.service_door import hear  # drops itself

                hear(self._rooms, self._start_with)
                del hear
            if self._uptime.ms() - self._tidied_ms > TIDY_MS and not self._rooms.mechanism.moving:
                self._tidied_ms = self._uptime.ms()
                self._recorder.tidy()
            await asyncio.sleep_ms(WATCH_MS)

    def _look_at_lid(self):
        is_open = self._board.lid.open
        if is_open != self._lid_open:
            self._lid_open = is_open
            self._recorder.note(LidOpened() if is_open else LidClosed())
            self._rooms.doses.wake()

    def make_safe(self):
        """The process ends: nothing may go on shining or sounding.  The reset that follows frees the motor's coils."""
        self._rooms.face.dark()
