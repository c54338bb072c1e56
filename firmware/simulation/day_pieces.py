"""What scripted days are made of: doses, loads, presses.  Seconds from the day's beginning."""

from math import inf

from firmware.simulation.secure_element import key
from protocol.commands import ActivatePlan, StoreLoadPlan
from protocol.credentials import ROLE_NURSE, ROLE_RELATIVE, pin_hash, tag_hash
from protocol.load_plan import Dose
from protocol.refill_commands import AddCredential

START_S = 1_800_000_000  # true UTC at 0 s (world.EPOCH_MS)
DEVICE_KEY = 1001
DEVICE_ID = key(DEVICE_KEY).kid
PLAN, NEXT_PLAN = b"p" * 16, b"q" * 16
MINUTE, HOUR = 60, 3600


RELATIVE, NURSE = b"relative", b"a nurse "
PIN, NURSES_PIN, WRONG_PIN = "135790", "975310", "246810"
TAG = (bytes.fromhex("04a1b2c3d4e5f6"), b"")


class Day:
    """acts: (second, name, arguments ...) as in hands.py; `until_s`: when the last window is long closed.

    every, writes: only every so many moments of motors, and of the flash, are cut; a long day cannot have them all.
    cut_s: from when to when it is cut; before, it is like "normal", whose beginning is cut.
    """

    cut_s = (30, inf)
    drops = False  # True: what the firmware drops is loaded again, as on the chip; it costs a third

    def __init__(self, medium, name, acts, until_s, every=1, writes=1):
        self.medium = medium
        self.name = name
        self.acts = acts
        self.until_s = until_s
        self.every = every
        self.writes = writes

    def begin(self, world):
        """Put the day into a world."""
        for at_s, name, *arguments in self.acts:
            world.plan_act(at_s * 1000, name, *arguments)


def dose_id(n):
    """The name of the n-th dose of a day."""
    return bytes([n]) * 16


def dose(n, due_s, slot=None, **more):
    """The n-th dose, two tablets, due so many seconds into the day; half an hour wide unless told."""
    early_s, window_s = more.get("early_s", 0), more.get("window_s", 1800)
    flags, late_s = more.get("flags", 0), more.get("late_s")
    return Dose(dose_id(n), slot or n, START_S + due_s, early_s, window_s, 2, flags, "", late_s)


def load(medium, at_s, one, contents=None):
    """Staff fill the device with this plan, and confirm it 4 s later.  contents: what really is in it, if not that."""
    name, right = medium.contents(one)
    return [
        (at_s, name, right if contents is None else contents),
        (at_s, "order", StoreLoadPlan(one)),
        (at_s + 4, "order", ActivatePlan(one.plan_id, one.version)),
    ]


def begin(medium, *doses, roll=None, **more):
    """The first filling of a day."""
    return load(medium, 20, medium.plan(PLAN, 1, doses, roll), **more)


def press_and_take(at_s):
    """Somebody presses, and reaches in when the dose is there."""
    return [(at_s, "press"), (at_s + 15, "hand")]


def may_fill():
    """The centre has told the device who may: a relative with a PIN, a nurse with tag and PIN."""
    pin = pin_hash(PIN, DEVICE_ID)
    nurses_pin, tag = pin_hash(NURSES_PIN, DEVICE_ID), tag_hash(TAG[0], DEVICE_ID)
    return [
        (30, "order", AddCredential(RELATIVE, ROLE_RELATIVE, None, pin)),
        (31, "order", AddCredential(NURSE, ROLE_NURSE, tag, nurses_pin)),
    ]
