"""A scripted day, and the same day again for every moment at which the power can fail.

The day is played once; at each flash operation and each motor command the flash, the world and the centre are copied.
Then each copy loses its power there, starts again and plays on to the end of the day, and a restless patient presses
and reaches in after every restart.  Needs a staged process.
"""

import random
from math import inf

from firmware.simulation.audit import audit
from firmware.simulation.centre import Centre
from firmware.simulation.day_pieces import DEVICE_KEY
from firmware.simulation.days import DAYS
from firmware.simulation.device import Device
from firmware.simulation.flash import TORN, WHOLE, Image
from firmware.simulation.media import ROLL
from firmware.simulation.secure_element import key

CENTRE_KEY = 7
OFF_MS = 4000
AGAIN_MS = 120_000
DAY_HASTE = 1
RESTLESS_S = ((25, "press"), (40, "hand"), (75, "press"), (90, "hand"))


class Moment:
    """One moment at which the power fails.  `what`: words for a person; `images`: [(how, flash)]."""

    def __init__(self, what, world, centre, images):
        self.what = what
        self.world = world
        self.centre = centre
        self.images = images


class Found:
    """What cutting one day up has shown."""

    def __init__(self, name, kind="power cuts"):
        self.name = name
        self.kind = kind
        self.operations = self.commands = self.restarts = 0
        self.broken = []  # (moment in words, sentences)

    def judge(self, what, history):
        """Audit one of the histories."""
        broken = audit(history)
        if broken:
            self.broken.append((what, broken))

    def sentence(self):
        """The count, for the summary of the tests."""
        broken = sum(len(sentences) for _, sentences in self.broken)
        tried = (self.operations, self.commands, self.restarts, broken)
        words = "%d flash operations, %d motor moments, %d restarts, %d invariants broken" % tried
        return "%s, %s, day '%s': %s" % (self.kind, *self.name, words)


def new_device(day, seed=1):
    """A device at the beginning of a day."""
    world = day.medium.World(random.Random(seed))
    world.haste = DAY_HASTE
    own = key(DEVICE_KEY)
    centre = Centre(key(CENTRE_KEY), own.kid, own.point)
    device = Device(world, Image(), centre, own, keep_loaded=keeps(day))
    day.begin(world)
    return device


class Moments:
    """The witness of a run: keeps a copy of everything at each moment between two times of the world.

    turns: a write is torn in one of the three ways, the next write in the next; else each in all of them.
    """

    def __init__(self, device, from_ms=0, until_ms=inf, turns=False):
        self._device = device
        self._from_ms = from_ms
        self._until_ms = until_ms
        self._turns = turns
        self.kept = []
        device.world.witness = self

    def __call__(self, kind, what):
        device, world = self._device, self._device.world
        if not self._from_ms <= world.now_ms <= self._until_ms:
            return
        images = [(WHOLE, device.image.copy())]
        if kind == "flash" and what[0] == "write":
            ways = [TORN[len(self.kept) % len(TORN)]] if self._turns else TORN
            images += [(how, device.image.torn(what, how)) for how in ways]
        words = "%s %s at %d ms" % (kind, what[:2] if kind == "flash" else what, world.now_ms)
        self.kept.append(Moment(words, world.copy(), device.centre.copy(), images))


def recorded(day):
    """(the history of the undisturbed day, its moments)."""
    device = new_device(day)
    moments = Moments(device, day.cut_s[0] * 1000, day.cut_s[1] * 1000, day.medium is ROLL or day.every > 1)
    device.run(day.until_s * 1000)
    return device.history(), moments.kept


def keeps(day):
    """Whether what the firmware would drop stays loaded on this day."""
    return day.medium is ROLL and not day.drops


def cut_off(moment, image):
    """A device that has just lost its power at this moment, with a restless patient before it."""
    world = moment.world.copy()
    device = Device(world, image.copy(), moment.centre.copy(), key(DEVICE_KEY))
    device.lose_power(OFF_MS)
    for after_s, name in RESTLESS_S:
        world.plan_act(world.now_ms + OFF_MS + after_s * 1000, name)
    return device


def played_on(day, moment, image):
    """The history of the day when the power failed at this moment and the flash was left so."""
    device = cut_off(moment, image)
    device.run(day.until_s * 1000)
    return device.history()


def thinned(moments, day):
    """Of the flash and of the motors every so many; see Day."""
    motors = [moment for moment in moments if moment.what.startswith("motor")][:: day.every]
    return [moment for moment in moments if moment.what.startswith("flash")][:: day.writes] + motors


def cut_everywhere(name, share=(0, 1)):
    """Try every moment of a day (medium, name); share (n, of): only every `of`-th moment, from the n-th on."""
    day, found = DAYS[name], Found(name)
    history, moments = recorded(day)
    found.judge("the undisturbed day", history)
    for moment in thinned(moments, day)[share[0] :: share[1]]:
        found.operations += moment.what.startswith("flash")
        found.commands += moment.what.startswith("motor")
        for how, image in moment.images:
            found.restarts += 1
            found.judge(moment.what + ", " + how, played_on(day, moment, image))
    return found


def cut_twice(name, share):
    """At every `of`-th moment of a day (medium, name) cut, and cut again at each moment of the two minutes after it."""
    day, found = DAYS[name], Found(name, "second power cuts")
    for first in recorded(day)[1][share[0] :: share[1]]:
        for how, image in first.images:
            device = cut_off(first, image)
            again = Moments(device, 0, device.world.now_ms + AGAIN_MS)
            device.run(day.until_s * 1000)
            for second in again.kept:
                found.operations += second.what.startswith("flash")
                found.commands += second.what.startswith("motor")
                for how_again, image_again in second.images:
                    found.restarts += 1
                    words = "%s, %s; then %s, %s" % (first.what, how, second.what, how_again)
                    found.judge(words, played_on(day, second, image_again))
    return found
