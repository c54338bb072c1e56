"""Somebody who fills: reads the panel, as a person would, and does what it says.  Knows no state of the device.

What this person remembers is in the task; everything else is in the kitchen.  So a power cut at any moment finds the
same person before the same device, who goes on by what the panel says then.
"""

import re
from collections import namedtuple
from datetime import UTC, datetime

from firmware.simulation.media import OFFSETS

KEY_MS, TAG_MS = 150, 1500
FIRST_KEY_MS = 3000  # held until the panel answers
BETWEEN_MS = 350  # two keys
THINK_MS = 4000  # from words to a deed
DIGITS = 6

# plan: what is to be filled in.  way: the key for "new tray" or "fill here".  pins, tags: what is tried first ... last;
# tags are (number, bytes of the pages).  trays: tags of the trays, in the order in which they are held there.
# contents: what really is put in.  patience: so often a key is touched on a device that does not answer.
Task = namedtuple("Task", "plan way pins tags trays contents patience", defaults=((), (), (), None, 8))

# What each screen of firmware/refill/words asks for: a deed of Filler, or
GO, WAIT, OK = "go", "wait", "ok"
DEEDS = {
    "who": ("ask",),
    "pin": ("pin", "pin_too"),
    "show_tag": ("tag_too",),
    "again": ("wrong", "trays_tag"),
    "way": ("way",),
    "open": ("open_swap", "open_fill", "open_correct", "open_roll", "reload", "service"),
    "swap": ("swap",),
    "tray": ("tray_tag", "unreadable"),
    "right_tray": ("wrong_patient", "wrong_period", "already_used", "older"),
    "take_out": ("left", "extra"),
    "put_in": ("fill",),
    "close": ("close", "close_roll"),
    "put_right": ("correct",),
    "vouch": ("vouch",),
    "roll_out": ("take_out",),
    "chamber": ("chamber", "look_after"),
    "roll_in": ("load",),
    "number": ("number",),
    "header": ("header",),
    "back": ("stop",),
    OK: (
        "give_first",
        "empty",
        "missing",
        "surplus",
        "count",
        "first",
        "fault",
        "lid_long",
        "due_now",
    ),
    WAIT: ("dose_out", "not_ready", "turning", "feeding", "sealing"),
    GO: ("locked", "wrong_roll", "no_plan", "plan_old", "done", "stopped", "unfinished"),
}
NO_SCREENS = ("days", "parts", "today", "tomorrow", "pill", "pouch")
LID_LEFT_OPEN = ("*Close", "*the lid")  # said to the patient, between a start and the next word to who fills


def screens(words):
    """[(pattern of the whole panel, deed)] of a catalogue, the most definite first.  A new screen is agreed to."""
    deed_of = {step: deed for deed, steps in DEEDS.items() for step in steps}
    steps = sorted(
        (step for step in words if step not in NO_SCREENS), key=lambda step: words[step].count("{")
    )
    return [
        (re.compile(re.sub(r"\\{\w+\\}", ".+", re.escape(words[step]))), deed_of.get(step, OK))
        for step in steps
    ]


class Filler:
    """`device`: only its panel is looked at.  `hands`: do(name, arguments), for what hands do."""

    def __init__(self, device, hands):
        from firmware.refill.words.en import WORDS

        self._screens = screens(WORDS)
        self._days = WORDS["days"].split("|")
        self._device = device
        self._world = device.world
        self._hands = hands

    def come(self, task, until_ms):
        """Go to the device and touch a key; then go on by what it says, until it is done, or until_ms."""
        self._soon(0, "key", "#", FIRST_KEY_MS)
        self._soon(THINK_MS, "fill_on", task, until_ms)

    def go_on(self, task, until_ms):
        """Look at the panel and do what it asks for."""
        lines = self._device.parts.panel.lines if self._device.parts is not None else None
        deed = self.deed(lines or ())
        if deed == GO or not task.patience or self._world.now_ms > until_ms:
            self._world.note("filler goes", deed)
            if self._world.lid_open:
                self._soon(0, "lid", False)
            return
        task = getattr(self, "_" + deed)(task, lines) or task
        self._soon(THINK_MS, "fill_on", task, until_ms)

    def deed(self, lines):
        """What these lines ask for; nothing as long as the panel is dark."""
        if not lines or tuple(lines) == LID_LEFT_OPEN:
            return WAIT
        for pattern, deed in self._screens:
            if pattern.fullmatch("\n".join(lines)) and (deed != "put_in" or lines[0] in self._days):
                return deed
        return "begin"

    def _soon(self, ms, name, *arguments):
        self._world.plan_act(self._world.now_ms + ms, name, *arguments)

    def _type(self, keys):
        for n, key in enumerate(keys):
            self._soon(n * BETWEEN_MS, "key", key)

    def _show(self, tag):
        self._soon(0, "tag", tag)
        self._soon(TAG_MS, "tag", None)

    # ---- deeds

    def _wait(self, task, lines):
        pass

    def _begin(self, task, lines):
        self._soon(0, "key", "#", FIRST_KEY_MS)
        return task._replace(patience=task.patience - 1)

    def _ok(self, task, lines):
        self._type("#")

    def _back(self, task, lines):
        self._type("*")

    def _put_right(self, task, lines):
        """What was wrong the first time is put right now."""
        self._type("#")
        return task._replace(contents=None)

    def _vouch(self, task, lines):
        self._type("2")

    def _who(self, task, lines):
        if task.tags:
            self._show(task.tags[0])
        else:
            self._type(task.pins[0] + "#")

    def _pin(self, task, lines):
        typed = lines[1].count("x")
        self._type("*" if 0 < typed < DIGITS else "#" if typed else task.pins[0] + "#")

    def _show_tag(self, task, lines):
        self._show(task.tags[-1])

    def _again(self, task, lines):
        if task.tags:
            self._show(task.tags[-1])
        else:
            self._type(task.pins[-1] + "#")

    def _way(self, task, lines):
        self._type(task.way)

    def _open(self, task, lines):
        self._soon(0, "lid", True)

    def _close(self, task, lines):
        self._soon(0, "lid", False)

    def _swap(self, task, lines):
        self._hands.do("fill", (self._contents(task),))
        self._type("#")

    def _contents(self, task):
        return task.contents or {
            dose.slot: (dose.dose_id, dose.pills) for dose in task.plan.doses if dose.flags != 2
        }

    def _tray(self, task, lines):
        self._show(task.trays[0])

    def _right_tray(self, task, lines):
        self._show(task.trays[-1])

    def _take_out(self, task, lines):
        self._hands.do("put_in", (None, 0))
        self._type("#")

    def _put_in(self, task, lines):
        """The words name day and time; the medicine of that time goes into the compartment that is there."""
        for dose in task.plan.doses:
            at = datetime.fromtimestamp(dose.due_s + OFFSETS[0][1], UTC)
            if (self._days[at.weekday()], at.strftime("%H:%M")) == (lines[0], lines[1].split()[-1]):
                really = self._contents(task).get(dose.slot, (None, 0))
                self._hands.do("put_in", really)
        self._type("#")

    def _roll_out(self, task, lines):
        self._hands.do("load_roll", ((),))
        self._type("#")

    def _chamber(self, task, lines):
        self._hands.do("empty_chamber", ())
        self._type("#")

    def _roll_in(self, task, lines):
        self._hands.do("load_roll", (task.contents,))
        self._type("#")

    def _header(self, task, lines):
        """The words ask whether empty pouches are in front: look."""
        self._type("1" if self._world.strip and not self._world.strip[0].label else "2")

    def _number(self, task, lines):
        blank = not any(sign.isdigit() for sign in lines[1])
        digits = "".join(sign for sign in task.plan.roll.number if sign.isdigit())
        self._type(digits + "#" if blank else "#")
