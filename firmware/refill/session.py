"""One filling, from "who may" to the seal: facts and keys in, deeds out.  Pure.

The medium's own steps are in tray.py and roll.py, their tables in steps_tray.py and steps_roll.py.  What must survive a
power cut is in encode(): the shell keeps it whenever it changes, before it does a deed.
"""

from firmware.refill import steps
from protocol import cbor
from protocol.errors import MessageError

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from typing import Any

# Deeds for the shell, (name, value).
TURN = "turn"  # the covered carousel to this place, then turned()
LOOK = "look"  # into the compartment at the opening, then turned()
FEED = "feed"  # trial feed, then fed()
UNLOCK, LOCK = "unlock", "lock"  # the lid of a roll
REFUSE = "refuse"  # journal RefillRefused, value: its cause
EMPTIED = "emptied"  # journal ChamberEmptied, value: how many
ABORT = "abort"  # journal RefillAborted, value: its reason
SEAL = "seal"  # journal RefillSealed and put the plan in force

RELATIVE = 1  # of refill_events
ABORT_PERSON, ABORT_TIME, ABORT_REFUSED, ABORT_FAULT = 1, 2, 3, 4

IDLE_MS = 3600000  # nobody has done anything: ended, so that a device is not left half open (decision 0023)
LID_LONG_MS = 600000  # gentle words; the alarm comes after 30 min (core/conditions.py)
LONGEST_SLOT_S = 255  # one byte


class Session:
    """What both media share.  `step` is shown; a `note` over it, until a key is pressed.

    credential, role: whose it is and what they may.  left, filled: bits of slots, as in RefillSealed.
    now_s: UTC s, set by the shell before every fact.  over: nothing more is awaited.
    """

    way = 0
    table = ""
    begin_with = ""

    def __init__(self, filling, credential, role, started_s, left):
        self.filling = filling
        self.credential = credential
        self.role = role
        self.started_s = self.now_s = started_s
        self.left = left
        self.filled = 0
        self.touched = False
        self.step = ""
        self.note = None
        self.is_open = False
        self.slot_s = []
        self.tray_id = None
        self.at = 0  # which of the slots, or of the differences
        self.seen = 0  # bits of slots that hold something, by the last full turn
        self.wrong = 0  # bits of slots that are being put right; 0: all are being filled
        self.digits = ""
        self.reason = 0  # of the abort
        self._stop_from = self._fault_from = ""
        self._since_s = started_s

    def numbers(self: "Any"):
        """The values for the words that are counted here: ((mark, text), ...)."""
        dots = self.digits + "_" * (4 - len(self.digits))
        return (("{dots}", dots), ("{n}", "%d" % self.count()), ("{slot}", "%d" % self.slot()))

    def row(self):
        """The row of its step: what is awaited, and where each key leads."""
        row = steps.row_of(self.table, self.step)
        return row if row[0] else steps.row_of(steps.COMMON, self.step)

    @property
    def over(self):
        """True when it has ended, well or not."""
        return self.step in steps.ENDS

    def start(self, dose_waits):
        """Somebody has identified, and nothing stands against it."""
        return self.go("give_first" if dose_waits else self.begin_with)

    def key(self, key):
        """A key was pressed."""
        if self.note is not None:
            self.note = None
            return []
        if key == steps.HOLD:
            return self._ask_to_stop()
        awaited, choices = self.row()
        for choice, target in choices:
            if choice == key:
                return self._ask_to_stop() if target == "stop" else self.go(target)
        if awaited == steps.DIGITS and "0" <= key <= "9" and len(self.digits) < 12:
            self.digits += key
        return []

    def lid(self: "Any", is_open):
        """How the lid stands; told at the start and at every change."""
        self.is_open = is_open
        self.note = None if self.note == "lid_long" else self.note
        if self.over or self.step in ("", "sealing"):
            return []
        if is_open:
            self.touched = True
            self.distrust()
            if self.step in ("stop", "fault"):
                return []
            return self.opened()
        return self.closed()

    def distrust(self: "Any"):
        """What was proven behind a closed lid counts no more where it goes on."""
        self._stop_from = self.reopened(self._stop_from)
        self._fault_from = self.reopened(self._fault_from)

    def tell(self, note):
        """Show a note over the step: somebody is kept waiting."""
        if not self.over and self.step != "sealing":
            self.note = note

    def failed(self):
        """The mechanism or a sensor did not do what it was asked for."""
        if self.row()[0] and self.step not in ("fault", "stop"):
            self._fault_from = self.step
            self.step = "fault"
        return []

    def refused(self, cause, end):
        """Nothing can come of it: say so and end."""
        deeds = [(REFUSE, cause)] + self._abort(ABORT_REFUSED)
        self.step = end
        return deeds

    def idle(self):
        """Nobody has touched anything for IDLE_MS."""
        return [] if self.over or self.step == "sealing" else self._abort(ABORT_TIME)

    def sealed(self):
        """The new plan is in force."""
        self.step = "done"

    def go(self: "Any", target):
        """Follow a choice: to a step, or do a deed of steps.py."""
        if target == steps.ABORT:
            return self._abort(ABORT_FAULT if self._stop_from == "fault" else ABORT_PERSON)
        if target == steps.RETURN:
            self.step = self._stop_from
            return self.opened() if self.is_open else self.closed()
        if target == steps.AGAIN and self.step == "fault":
            return self.enter(self._fault_from)
        if target == steps.SEAL:
            return self._seal()
        if target == steps.BEGIN:
            return self.enter(self.begin_with)
        return self.lead(target)

    def _seal(self: "Any"):
        """Never by a relative with a difference; the medium says whether all is proven."""
        if not self.proven():
            return self.enter(self.begin_with)
        self.step = "sealing"
        return [(SEAL, None)]

    def _ask_to_stop(self):
        if self.row()[0] and self.step not in ("stop", "sealing"):
            self._stop_from = self.step
            self.step = "stop"
        return []

    def _abort(self, reason):
        self.step, self.reason = "unfinished" if self.touched else "stopped", reason
        return [(ABORT, reason)]

    def _count_time(self):
        """The time since the last slot was shown belongs to this one, in the order of filling."""
        while len(self.slot_s) <= self.at:
            self.slot_s.append(0)
        spent_s = self.slot_s[self.at] + max(0, self.now_s - self._since_s)
        self.slot_s[self.at] = min(LONGEST_SLOT_S, spent_s)
        self._since_s = self.now_s

    def encode(self):
        """Bytes for decode(): where it stands."""
        plan = self.filling.plan_id if self.filling is not None else b""
        version = self.filling.version if self.filling is not None else 0
        return cbor.encode(
            [self.step, [self._stop_from, self._fault_from], self.way, self.credential, self.role]
            + [self.started_s, self.left, self.filled, self.touched, self.at, self.seen, self.wrong]
            + [bytes(self.slot_s), self.tray_id or 0, self.now_s, plan, version, self.reason]
        )


# The places of what encode() keeps.
STEP, FROM, WAY, CREDENTIAL, ROLE, STARTED_S, LEFT, FILLED, TOUCHED, AT, SEEN, WRONG = range(12)
SLOT_S, TRAY, NOW_S, PLAN, VERSION, REASON = range(12, 18)


def restore(session, fields):
    """Put a session where encode() left it; returns what must be done to go on.  fields: kept() of the same bytes.

    At the same slot, the same difference; a turn or a feed that was cut off is begun anew.
    """
    session.step, session.way = fields[STEP], fields[WAY]
    session._stop_from, session._fault_from = fields[FROM]
    session.started_s, session.left, session.filled = fields[STARTED_S], fields[LEFT], fields[FILLED]
    session.touched = fields[TOUCHED] or session.is_open
    session.at, session.seen, session.wrong = fields[AT], fields[SEEN], fields[WRONG]
    session.slot_s, session.tray_id = list(fields[SLOT_S]), fields[TRAY] or None
    session.reason = fields[REASON]
    session.distrust()  # nobody has seen what happened meanwhile
    return [(ABORT, session.reason)] if session.over else session.resume()


def kept(data):
    """The fields that encode() wrote, or None for other bytes."""
    try:
        fields = cbor.decode(data)
    except MessageError:
        return None
    return fields if isinstance(fields, list) and len(fields) == REASON + 1 else None
