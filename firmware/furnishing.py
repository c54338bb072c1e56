"""Build the rooms and start them in a safe order.  Needed once in a start, dropped afterwards (rare.py)."""

import os

from firmware.core.contact import Contact
from firmware.core.vigil import Vigil
from firmware.shell.alarm_keeping import AlarmKeeping
from firmware.shell.clock_keeping import ClockKeeping
from firmware.shell.command_desk import RARE, CommandDesk
from firmware.shell.device_link import DeviceLink
from firmware.shell.dispensing import Dispensing
from firmware.shell.face import Face
from firmware.shell.plan_keeping import PlanKeeping
from firmware.shell.rare import drop
from firmware.shell.recorder import RARE as RARE_AT_START
from firmware.shell.recorder import Recorder
from firmware.shell.refilling import Refilling
from firmware.shell.scene import Scene
from firmware.shell.uptime import Uptime
from firmware.store.journal import Journal
from firmware.version import VERSION
from protocol.device_events import MODEL_TABLET, Booted
from protocol.link_messages import encode_link_message
from protocol.link_setup import Identity

# Longest silence of each task: one motion is given up after 20 s (boards/), a signature or a flash erase
# takes up to 1 s; every task goes round at least every 10 s.  By the limits of the drivers (roll_feed.py, cutter.py,
# chamber.py, label_reader.py) four pouches of 120 mm take 81 s to retire, three header pouches 56 s to feed.
ALIVE_MS = {"doses": 120000, "link": 30000, "face": 30000, "refill": 90000}


class Rooms:
    """The rooms that the app itself speaks to."""

    def __init__(
        self, uptime, vigil, recorder, clock, mechanism, plans, face, doses, desk, alarms, refilling, contact
    ):
        self.uptime = uptime
        self.vigil = vigil
        self.recorder = recorder
        self.clock = clock
        self.mechanism = mechanism
        self.plans = plans
        self.face = face
        self.doses = doses
        self.desk = desk
        self.alarms = alarms
        self.refilling = refilling
        self.contact = contact


def medium_of(board):
    """The mechanism of this board's medium; the other one is never loaded."""
    if board.model == MODEL_TABLET:
        from firmware.shell.tray_mechanism import TrayMechanism

        return TrayMechanism
    from firmware.shell.roll_mechanism import RollMechanism

    return RollMechanism


def furnish(board, settings, keystore):
    """The Rooms of this board, each knowing its neighbours; nothing has happened yet."""
    uptime = Uptime()
    vigil = Vigil(ALIVE_MS, uptime.ms())
    recorder = Recorder(Journal(board.data_dir + "/journal"), settings, keystore, uptime)
    recorder.feed = board.watchdog.feed
    clock = recorder.clock = ClockKeeping(board.rtc, recorder, uptime)
    plans = PlanKeeping(settings, recorder)
    mechanism = medium_of(board)(board, recorder, plans, uptime)
    face = Face(board, uptime, vigil)
    contact = Contact(uptime.ms())
    scene = Scene(face, board, clock, plans, keystore, mechanism, uptime, contact)
    doses = Dispensing(board, recorder, clock, plans, mechanism, scene, uptime, vigil)
    desk = CommandDesk(settings, recorder, keystore, clock, plans, mechanism, uptime, doses)
    alarms = AlarmKeeping(board, recorder, clock, plans, mechanism, keystore, uptime)
    refilling = Refilling(
        board, recorder, clock, plans, mechanism, scene, settings, keystore, uptime, vigil, doses
    )
    return Rooms(
        uptime, vigil, recorder, clock, mechanism, plans, face, doses, desk, alarms, refilling, contact
    )


def _look_at_versions(rooms):
    """A version that was given up is told of; one on trial is watched.  Else nothing is loaded: names would stay."""
    if os.getcwd() not in ("/trial", "/back"):  # firmware/loader/slot_start.py
        return
    from firmware.shell.probation import start

    start(rooms)
    del start
    drop(
        "firmware.shell.probation",
        "firmware.service.slots",
        "firmware.service",
        "firmware.loader.boot_record",
        "firmware.loader.record",
        "firmware.loader",
        "protocol.service_events",
    )


def start(rooms, board, settings, keystore, reset_cause):
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
    _look_at_versions(rooms)
    rooms.desk.start()
    drop(*RARE)
    provisioned = keystore.centre_point is not None
    identity = Identity(keystore.public_point, board.model, VERSION, provisioned)
    return DeviceLink(
        board.uart,
        recorder,
        keystore,
        rooms.clock,
        rooms.desk,
        rooms.uptime,
        rooms.vigil,
        rooms.contact,
        encode_link_message(identity),
    )
