"""What a refill, the roll, the lid and damage change in the ledger.  Pure; loaded on use, dropped afterwards.

By the numbers of the events, because their classes may have been dropped and loaded again since.

The roll is in doubt whenever it may have moved without proof: from each intent on until the pouches have left it, when
the lid has been open, when events are lost.  Only a proof ends doubt: pouches that came out, a person's word, a new
roll.
"""

from firmware.core.ledger_entries import left_roll

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from typing import Any

    from firmware.core.ledger import Ledger

_WAY_ROLL = 3  # refill_events.WAY_ROLL; that file is larger than this one


def distrust(ledger: "Ledger") -> None:
    """A hand or a loss: the roll may have moved, and nobody knows how far."""
    ledger.roll = (ledger.roll[0], 2, ledger.roll[2], 0)


def take(ledger: "Ledger", body: "Any", utc_s: int) -> None:
    """Take in one event of ledger.RARE."""
    kind = body.TYPE
    head, doubt, chamber, vouched = ledger.roll
    if 27 <= kind <= 32:
        _refill(ledger, kind, body, utc_s)
    elif kind == 33:  # PouchesRetiring: about to move, from where it was proven to stand
        ledger.roll = (head, 1, chamber, vouched)
    elif kind == 34:  # PouchesRetained
        ledger.roll = (head, doubt, body.chamber, vouched)
        left_roll(ledger, body.slot)
    elif kind == 35:  # RollConfirmed
        ledger.roll, ledger.acted = (body.slot, 0, chamber, body.slot), body.counter
    elif kind == 36:  # ChamberEmptied
        ledger.roll = (head, doubt, 0, vouched)
    else:  # JournalDamaged, LidOpened, LidClosed
        distrust(ledger)


def _refill(ledger: "Ledger", kind: int, body: "Any", utc_s: int) -> None:
    if kind == 27:  # RefillStarted
        ledger.refill, ledger.tries, ledger.locked_s = (body.credential, body.role), 0, 0
    elif kind == 28:  # RefillSealed: nothing by the old plan any more, until the new one is in force
        ledger.refill, ledger.needs_refill = None, True
        if body.way == _WAY_ROLL:
            ledger.roll = (1, 0, ledger.roll[2], 0)
    elif kind == 29:  # RefillAborted
        ledger.refill = None
        if body.touched:
            ledger.needs_refill = True
            distrust(ledger)
    elif kind == 31:  # CredentialRefused
        ledger.tries += 1
    else:  # CredentialsLocked: without a clock since the newest time that was known, 0 would be no lock
        ledger.tries, ledger.locked_s = 0, utc_s or ledger.latest_s or 1
