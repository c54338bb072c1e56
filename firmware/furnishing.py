"""Build the rooms and start them in a safe order.  Needed once in a start, dropped afterwards (rare.py)."""

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
from protocol.device_events import Booted

VERSION = "0.1.0"

# Longest silence of each task: one motion is given up after 20 s (boards/), a signature or a flash erase
# takes up to 1 s; every task goes round at least every 10 s.
ALIVE_MS = {"doses": 60000, "link": 30000, "face": 30000}


class Rooms:
    """One attribute for each room of the shell."""


def furnish(board, settings, keystore):
    """The Rooms of this board, each knowing its neighbours; nothing has happened yet."""
    rooms = Rooms()
    uptime = rooms.uptime = Uptime()
    vigil = rooms.vigil = Vigil(ALIVE_MS, uptime.ms())
    rooms.keystore = keystore
    rooms.trusting = Trusting(settings, keystore)
    recorder = rooms.recorder = Recorder(Journal(board.data_dir + "/journal"), settings, keystore, uptime)
    clock = rooms.clock = recorder.clock = ClockKeeping(board.rtc, recorder, uptime)
    plans = rooms.plans = PlanKeeping(settings, recorder)
    mechanism = rooms.mechanism = Mechanism(board, recorder, uptime)
    rooms.face = Face(board, uptime, vigil)
    scene = Scene(rooms.face, board, clock, plans, keystore, mechanism, uptime)
    rooms.doses = Dispensing(board, recorder, clock, plans, mechanism, scene, uptime, vigil)
    rooms.desk = CommandDesk(settings, recorder, keystore, clock, plans, mechanism, uptime, rooms.doses)
    rooms.alarms = AlarmKeeping(board, recorder, clock, plans, mechanism, keystore, uptime)
    return rooms


def start(rooms, board, reset_cause):
    """From power to ready: who am I, what do I know, what time is it, what was in hand.  Returns the hub link."""
    recorder = rooms.recorder
    recorder.open()
    drop(*RARE_AT_START)
    board.watchdog.feed()
    rooms.clock.start()
    recorder.note(Booted(VERSION, reset_cause, board.model, rooms.mechanism.position() is not None))
    recorder.tell_damage()
    rooms.clock.tell_start()
    rooms.plans.start()
    rooms.doses.start()
    board.watchdog.feed()
    rooms.desk.start()
    drop(*RARE)
    return DeviceLink(
        board.uart,
        recorder,
        rooms.keystore,
        rooms.clock,
        rooms.desk,
        rooms.trusting,
        rooms.uptime,
        rooms.vigil,
        board.model,
        VERSION,
    )
