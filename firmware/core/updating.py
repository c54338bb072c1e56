"""May this device take a new version now?  Every rule that keeps an update away from a dose is here; pure.

What may be installed at all (signature, board, sequence) is the manifest's affair: protocol/manifest.py.
"""

from firmware.core.grant import allows
from firmware.core.phases import finished, in_hand
from protocol.errors import CLOCK_UNSET, NO_CODE, NOT_NOW, WRONG_STATE

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from collections.abc import Iterable

    from firmware.core.dose_words import Dose
    from firmware.core.ledger import Ledger

# Around a dose nothing else happens: the patient may stand there, and an update with its restarts takes up to ten
# minutes on the slow line, three times as long with a run that was cut off (docs/decisions/0040).
APART_S = 30 * 60


def why_not_now(doses: "Iterable[Dose]", ledger: "Ledger", now_s: int | None, owned: bool) -> int:
    """NO_CODE, or the refusal code of what stands in the way of an update.

    doses: of the plan in force (agenda.doses).  now_s: trusted UTC s, None while the clock is not trusted.
    owned: the device serves a centre; before that it lies on a workshop's table, and nothing can be in the way.

    NOT_NOW: a dose is near, open, allowed by a nurse or in hand.  WRONG_STATE: a filling is not finished, or an alarm
    stands in a device that has a plan; somebody must look first.  CLOCK_UNSET: nobody knows how near the next dose of
    the plan is.
    """
    if not owned:
        return NO_CODE
    if ledger.hand is not None:
        return NOT_NOW
    if ledger.refill is not None or ledger.needs_refill or (ledger.alarms and ledger.plan_id):
        return WRONG_STATE
    for dose in doses:
        if now_s is None:
            return CLOCK_UNSET
        if is_near(dose, now_s) or (ledger.grant is not None and allows(ledger.grant, dose, now_s)):
            return NOT_NOW
    return NO_CODE


def is_near(dose: "Dose", now_s: int) -> bool:
    """Half an hour before or after its due time, or while it may still be had.

    Half an hour before it opens counts too: a patient who may take it early may come early.
    """
    if in_hand(dose.phase) or abs(now_s - dose.due_s) < APART_S:
        return True
    return not finished(dose.phase) and dose.opens_s - APART_S < now_s < dose.closes_s


def blocks_needed(pack_bytes: int, block_bytes: int) -> int:
    """Blocks of flash that a version takes while it is written.

    littlefs (its SPEC.md): a file's blocks lose some 1 in 100 to the pointers of its skip list; its folder is a pair of
    blocks; the manifest lies inside that pair or takes one block, and for a moment stands there twice.  Writing needs
    a block more than it keeps.
    """
    blocks = -(-pack_bytes // block_bytes)
    return blocks + blocks // 64 + 1 + 2 + 2 + 1
