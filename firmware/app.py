"""The dispenser's shell: build the rooms, start them in a safe order, watch that all of them are alive."""

import asyncio

from firmware.core.vigil import Vigil
from firmware.shell.alarm_keeping import AlarmKeeping
from firmware.shell.clock_keeping import ClockKeeping
from firmware.shell.command_desk import RARE, CommandDesk
from firmware.shell.device_link import DeviceLink
from firmware.shell.dispensing import Dispensing
from firmware.shell.face import Face
from firmware.shell.mechanism import Mechanism
from firmware.shell.plan_keeping import PlanKeeping
from firmware.shell.rare import drop
from firmware.shell.recorder import RARE as RARE_AT_START
from firmware.shell.recorder import Recorder
from firmware.shell.scene import Scene
from firmware.shell.trusting import Trusting
from firmware.shell.uptime import Uptime
from firmware.store.journal import Journal
from protocol.device_events import Booted, LidClosed, LidOpened

VERSION = "0.1.0"

WATCH_MS = 1000  # the watchdog allows 8 s (drivers/watchdog.py); a lid is read twice before it counts
TIDY_MS = 60000
# Longest silence of each task: one motion is given up after 20 s (boards/), a signature or a flash erase
# takes up to 1 s; every task goes round at least every 10 s.
ALIVE_MS = {"doses": 60000, "link": 30000, "face": 30000}


class App:
    """`board`: what boards/*.py builds.  `keystore`: open, on `settings`.  `reset_cause`: machine.reset_cause()."""

    def __init__(self, board, settings, keystore, reset_cause):
        self._board = board
        self._reset_cause = reset_cause
        self._uptime = Uptime()
        self._vigil = Vigil(ALIVE_MS, self._uptime.ms())
        self._keystore = keystore
        self._trusting = Trusting(settings, keystore)
        self._recorder = Recorder(
            Journal(board.data_dir + "/journal"), settings, self._keystore, self._uptime
        )
        self._clock = self._recorder.clock = ClockKeeping(board.rtc, self._recorder, self._uptime)
        self._plans = PlanKeeping(settings, self._recorder)
        self._mechanism = Mechanism(board, self._recorder, self._uptime)
        self._face = Face(board, self._uptime, self._vigil)
        self._scene = Scene(
            self._face, board, self._clock, self._plans, self._keystore, self._mechanism, self._uptime
        )
        self._doses = Dispensing(
            board,
            self._recorder,
            self._clock,
            self._plans,
            self._mechanism,
            self._scene,
            self._uptime,
            self._vigil,
        )
        self._desk = CommandDesk(
            settings,
            self._recorder,
            self._keystore,
            self._clock,
            self._plans,
            self._mechanism,
            self._uptime,
            self._doses,
        )
        self._alarms = AlarmKeeping(
            board, self._recorder, self._clock, self._plans, self._mechanism, self._keystore, self._uptime
        )
        self._lid_open = board.lid.open
        self._tidied_ms = 0

    def _start(self):
        """From power to ready: who am I, what do I know, what time is it, what was in hand."""
        self._recorder.open()
        drop(*RARE_AT_START)
        self._board.watchdog.feed()
        self._clock.start()
        self._recorder.note(
            Booted(VERSION, self._reset_cause, self._board.model, self._mechanism.position() is not None)
        )
        self._recorder.tell_damage()
        self._clock.tell_start()
        self._plans.start()
        self._doses.start()
        self._board.watchdog.feed()
        self._desk.start()
        drop(*RARE)

    async def run(self):
        """Dispense for ever; ends only with an error."""
        self._start()
        link = DeviceLink(
            self._board.uart,
            self._recorder,
            self._keystore,
            self._clock,
            self._desk,
            self._trusting,
            self._uptime,
            self._vigil,
            self._board.model,
            VERSION,
        )
        await asyncio.gather(
            self._watch(),
            self._face.run(),
            self._doses.watch_button(),
            self._doses.run(),
            link.listen(),
            link.run(),
        )

    async def _watch(self):
        """Feed the watchdog while every task is alive; see the lid and all that is an alarm; keep house."""
        while True:
            silent = self._vigil.silent(self._uptime.ms())
            if silent is None:
                self._board.watchdog.feed()
            else:
                print("task is silent:", silent)
            self._look_at_lid()
            self._alarms.look()
            if self._uptime.ms() - self._tidied_ms > TIDY_MS and not self._board.carousel.moving:
                self._tidied_ms = self._uptime.ms()
                self._recorder.tidy()
            await asyncio.sleep_ms(WATCH_MS)

    def _look_at_lid(self):
        is_open = self._board.lid.open
        if is_open != self._lid_open:
            self._lid_open = is_open
            self._recorder.note(LidOpened() if is_open else LidClosed())
            self._doses.wake()

    def make_safe(self):
        """The process ends: nothing may go on shining or sounding.  The reset that follows frees the motor's coils."""
        self._face.dark()
