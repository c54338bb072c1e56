"""Who may fill?  A tag, a PIN, or both, asked for until somebody is known.  Pure.

Nothing shown here says whose a tag or PIN is, or which of them was wrong.
"""

from firmware.core.credentials import CREDENTIAL, PIN, ROLE, TAG
from firmware.refill.steps import ABORT, BACK, IDENTIFY, NEXT, OK, row_of

DIGITS = 6  # of a PIN (protocol/credentials.py)
TRIES = 5  # of refill_events: wrong ones until nobody is asked any more
LOCK_S = 900

# What must be found out next.
CHECK_PIN, CHECK_TAG = "pin", "tag"


def locked_for_s(locked_s, now_s, up_s):
    """How long nobody is asked, from the ledger's locked_s, UTC now and the seconds since this start.

    A clock that says far less than the lock's own time was set back: then the time since the start counts.
    """
    if not locked_s:
        return 0
    if now_s is None or now_s < locked_s - LOCK_S:
        return max(0, LOCK_S - up_s)
    return max(0, min(LOCK_S, locked_s + LOCK_S - now_s))


class Identify:
    """`step` is shown.  who: (credential, role) once somebody is known.  over: known, or gone away."""

    def __init__(self):
        self.step = "ask"
        self.digits = ""
        self.who = None
        self.over = False
        self._row = None  # whose other half is asked for

    def key(self, key):
        """A key was pressed; returns CHECK_PIN when the digits are to be checked."""
        if "0" <= key <= "9":
            if self.step in ("ask", "wrong", "trays_tag"):
                self.step, self.digits, self._row = "pin", "", None
            if self.step in ("pin", "pin_too") and len(self.digits) < DIGITS:
                self.digits += key
            return None
        if key == BACK and self.digits:
            self.digits = self.digits[:-1]
            return None
        for choice, target in row_of(IDENTIFY, self.step)[1]:
            if choice == key:
                if target == ABORT:
                    self.over = True
                elif target != NEXT:
                    self.step, self._row = target, None
                elif key == OK and len(self.digits) == DIGITS:
                    return CHECK_PIN
        return None

    def trays(self):
        """The tag that was held there is a tray's."""
        if self.step != "tag_too":
            self.step = "trays_tag"

    def pin_row(self, row, pin):
        """row: whom this PIN's hash belongs to, or None.  Returns True when the try was wrong."""
        self.digits = ""
        if self.step == "pin_too":  # the tag is known: the PIN must be the same one's
            row = self._row if self._row[PIN] == pin else None
            return self._end(row, row)
        return self._end(row, row if row is not None and not row[TAG] else None, "tag_too")

    def tag_row(self, row, tag):
        """row: whom this tag's hash belongs to, or None.  Returns True when the try was wrong."""
        if self.step == "tag_too":
            row = self._row if self._row[TAG] == tag else None
            return self._end(row, row)
        return self._end(row, row if row is not None and not row[PIN] else None, "pin_too")

    def _end(self, row, known, other=None):
        self.digits = ""
        if row is None:
            self.step, self._row = "wrong", None
            return True
        if known is None:
            self.step, self._row = other, row
        else:
            self.who, self.over = (known[CREDENTIAL], known[ROLE]), True
        return False
