"""A scripted day, and the same day again for every moment at which the power can fail.

The day is played once; at each flash operation and each motor command the flash, the world and the centre are copied.
Then each copy loses its power there, starts again and plays on to the end of the day, and a restless patient presses
and reaches in after every restart.  Needs a staged process.
"""

import random

from firmware.simulation.audit import audit
from firmware.simulation.centre import Centre
from firmware.simulation.days import DAYS
from firmware.simulation.device import Device
from firmware.simulation.flash import TORN, WHOLE, Image
from firmware.simulation.secure_element import key
from firmware.simulation.world import World

DEVICE_KEY, CENTRE_KEY = 1001, 7
OFF_MS = 4000
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

    def __init__(self, name):
        self.name = name
        self.operations = self.commands = self.restarts = 0
        self.broken = []  # (moment in words, sentences)

    def sentence(self):
        """The count, for the summary of the tests."""
        return (
            "power cuts, day '%s': %d flash operations, %d motor moments, %d restarts, %d invariants broken"
            % (
                self.name,
                self.operations,
                self.commands,
                self.restarts,
                sum(len(sentences) for _, sentences in self.broken),
            )
        )


def new_device(day, seed=1):
    """A device at the beginning of a day."""
    world = World(random.Random(seed))
    world.haste = DAY_HASTE
    own = key(DEVICE_KEY)
    device = Device(world, Image(), Centre(key(CENTRE_KEY), own.kid, own.point), own)
    day.begin(world)
    return device


def recorded(day):
    """(the history of the undisturbed day, its moments)."""
    device = new_device(day)
    world, moments = device.world, []

    def witness(kind, what):
        images = [(WHOLE, device.image.copy())]
        if kind == "flash":
            images += [(how, device.image.torn(what, how)) for how in TORN if what[0] == "write"]
        words = "%s %s at %d ms" % (kind, what[:2] if kind == "flash" else what, world.now_ms)
        moments.append(Moment(words, world.copy(), device.centre.copy(), images))

    world.witness = witness
    device.run(day.until_s * 1000)
    return device.history(), moments


def played_on(day, moment, image):
    """The history of the day when the power failed at this moment and the flash was left so."""
    world = moment.world.copy()
    centre = moment.centre.copy()
    device = Device(world, image, centre, key(DEVICE_KEY))
    device.lose_power(OFF_MS)
    for after_s, name in RESTLESS_S:
        world.plan_act(world.now_ms + OFF_MS + after_s * 1000, name)
    device.run(day.until_s * 1000)
    return device.history()


def cut_everywhere(name, share=(0, 1)):
    """Try every moment of a day; share (n, of): only every `of`-th moment, from the n-th on."""
    day, found = DAYS[name], Found(name)
    history, moments = recorded(day)
    undisturbed = audit(history)
    if undisturbed:
        found.broken.append(("the undisturbed day", undisturbed))
    for moment in moments[share[0] :: share[1]]:
        found.operations += moment.what.startswith("flash")
        found.commands += moment.what.startswith("motor")
        for how, image in moment.images:
            found.restarts += 1
            broken = audit(played_on(day, moment, image.copy()))
            if broken:
                found.broken.append((moment.what + ", " + how, broken))
    return found
