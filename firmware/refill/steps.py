"""What both media have in common: how a step is written down, and the steps that come first and last.

A step is a line of a table: its name, which is the name of its words too; what it waits for beside keys; then each key
with where it leads.  That is another step, or a deed in capitals, which session.py knows.  The tables are all that the
screen, the tests and docs/refill.md go by; as text they take a fifth of the memory that they would take as objects.
"""

OK, BACK = "#", "*"  # the keypad's own; digits are themselves
HOLD = "hold"  # Back for HOLD_MS: asks whether to stop, at every step
HOLD_MS = 2000  # longer than a slow press, short enough to be found (decision 0023)

# What a step waits for, beside keys.
KEYS, LID_OPEN, LID_CLOSED, TAG, DEVICE, DIGITS = "keys", "lid-open", "lid-closed", "tag", "device", "digits"

# Deeds: where a key can lead that is no step.
BEGIN = "BEGIN"  # to the medium's first step
AGAIN = "AGAIN"  # the same work once more
NEXT = "NEXT"  # of the compartments, of the differences, of what the medium asks for
PREVIOUS = "PREVIOUS"
RETURN = "RETURN"  # to where it was asked whether to stop
ABORT = "ABORT"
SEAL = "SEAL"

COMMON = """
give_first     keys        #=BEGIN  *=stop
first          keys        #=SEAL  *=BEGIN
sealing        device
stop           keys        #=ABORT  *=RETURN
fault          keys        #=AGAIN  *=stop
"""
# Before anybody is known (identify.py).
IDENTIFY = """
ask            tag         *=ABORT
pin            digits      #=NEXT  *=ask
pin_too        digits      #=NEXT  *=ask
tag_too        tag         *=ask
trays_tag      tag         *=ABORT
wrong          tag         *=ABORT
locked         keys        *=ABORT
"""
# How it ends: shown for a while, nothing is awaited.
ENDS = ("done", "stopped", "unfinished", "no_plan", "dose_out", "not_ready", "plan_old")
# Shown over a step until any key is pressed.
NOTES = ("lid_long", "due_now")


def row_of(table, step):
    """(what it waits for, [[key, where that leads], ...]) of a step; ("", []) when the table does not have it."""
    at = table.find("\n" + step + " ") if step else -1
    if at < 0:
        return "", []
    words = table[at : table.index("\n", at + 1)].split()
    return words[1], [word.split("=") for word in words[2:]]


def names(table):
    """The steps of a table, in order."""
    return [line.split()[0] for line in table.split("\n") if line]
