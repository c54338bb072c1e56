"""Service mode from start to end: built instead of the dosing app, and ends by itself."""

import asyncio

from firmware.core.service_rules import REST_S, rest_after_s, why_end
from firmware.service.desks import Desks
from firmware.service.hands import Hands
from firmware.service.ports import UartPort, UsbPort
from firmware.service.talking import Talking
from firmware.service.unit import Unit
from firmware.shell.rare import drop
from protocol.service_commands import InstallFirmware
from protocol.service_events import BY_KNOCK, ServiceEnded

WATCH_MS = 1000
# A desk that answers nothing for so long hangs: the watchdog ends it.  The longest, a motor's self-test, takes 25 s.
DESK_LIMIT_MS = 120000
LAST_WORDS_MS = 5000  # for the answer to LEAVE to arrive


class ServiceApp:
    """`how`: of ServiceStarted; `carried`: type -> fields of the InstallFirmware it was entered with, or nothing."""

    def __init__(self, board, settings, keystore, how, carried):
        self._unit = Unit(board, settings, keystore, how)
        for kind, fields in carried.items():
            self._unit.carried[kind] = InstallFirmware.from_map(fields)

    async def run(self):
        """Serve until it ends: by SystemExit, when the device is to start again."""
        unit = self._unit
        unit.start()
        self._owe(0)
        self._show()
        port = UsbPort() if unit.how == BY_KNOCK else UartPort(unit.board.uart)
        self._talking = Talking(unit, port, Desks())
        talking = self._talking
        await asyncio.gather(self._watch(), talking.listen(), talking.work(), talking.run())

    async def _watch(self):
        """Feed the watchdog while no desk hangs, see what hands do, until it is time to go."""
        unit, talking, hands, ending_ms = self._unit, self._talking, Hands(self._unit), 0
        while not ending_ms or unit.uptime.ms() - ending_ms < LAST_WORDS_MS:
            now_ms = unit.uptime.ms()
            if talking.idle or now_ms - talking.beat_ms < DESK_LIMIT_MS:
                unit.feed()
            if unit.served_s() - self._owed_at_s >= REST_S:
                self._owe(0)
            if hands.look():
                unit.restart()  # dosing tells it
            if not unit.ending:
                silent_s = (now_ms - talking.linked_ms) // 1000
                why = why_end(unit.owned, unit.to_dose_s(), unit.served_s(), silent_s)
                talking.closed = bool(why)  # who asks without a pause keeps nobody from the next dose
                unit.ending = why if talking.idle else 0
            if unit.ending and not ending_ms:
                ending_ms = now_ms
            if unit.ending and talking.all_said:
                break
            await asyncio.sleep_ms(WATCH_MS // 10 if unit.ending else WATCH_MS)
        self._end()
        raise SystemExit("service mode has ended")

    def _show(self):
        from firmware.ui.screens import SERVICE, screen

        language = self._unit.plans.language
        self._unit.board.panel.show(screen(SERVICE, 0, language).lines)
        drop("firmware.ui.screens", "firmware.ui.tones", "firmware.ui.words." + language)

    def _end(self):
        unit = self._unit
        if unit.wiped:
            return
        self._owe(unit.clock.now_s() or 0)
        unit.recorder.note(ServiceEnded(unit.ending, unit.served_s()))

    def _owe(self, ended_s):
        """Keep the rest that this visit owes by now: a crash or a cut forgives none of it.

        ended_s: UTC s of its end; 0 while it goes on: the rest counts from the next start.
        """
        unit = self._unit
        self._owed_at_s = served_s = unit.served_s()
        if unit.wiped or not unit.owned:
            return
        from firmware.service.notes import keep_rest

        signed = bool(unit.carried) or (unit.update is not None and unit.update.stands)
        has_plan = unit.plans.active is not None or unit.plans.unreadable
        keep_rest(unit.settings, ended_s, rest_after_s(served_s, signed, has_plan))

    def make_safe(self):
        """The process ends: nothing may go on shining or sounding."""
        self._unit.board.tone.stop()
        self._unit.board.light(0)
