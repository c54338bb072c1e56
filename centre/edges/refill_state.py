"""What a dispenser last said of its filling and its roll: who fills it, is it unfinished, what comes next.

Each word counts by the number of the event that said it: what is older than the newest one of its kind changes nothing.
"""

from sqlalchemy import Connection, update

from centre.edges.tables import devices
from protocol.device_events import MODEL_MULTIDOSE, PlanActivated
from protocol.dose_events import DosePresented, ReleaseIntended
from protocol.record import Message
from protocol.refill_events import CredentialsLocked, RefillAborted, RefillSealed, RefillStarted
from protocol.roll_events import ChamberEmptied, PouchesRetained, PouchesRetiring, RollConfirmed

REFILL, ROLL, CHAMBER = "refill_seq", "roll_seq", "chamber_seq"
NOBODY: dict[str, int | bool | None] = {"refill_since_s": None, "refill_role": None}


def hear(
    connection: Connection, tenant: str, device_id: str, body: Message, seq: int, at_s: int, new_filling: bool
) -> None:
    """Keep what an event says.  new_filling: of PlanActivated, another plan than the one in force before."""
    for mark, values in _words(body, at_s, new_filling):
        mine = (devices.c.tenant == tenant) & (devices.c.device_id == device_id) & (devices.c[mark] < seq)
        if mark != REFILL:
            mine &= devices.c.model == MODEL_MULTIDOSE
        connection.execute(update(devices).where(mine).values(**{mark: seq}, **values))


def _words(body: Message, at_s: int, new_filling: bool) -> list[tuple[str, dict[str, int | bool | None]]]:
    if isinstance(body, RefillStarted):
        return [(REFILL, {"refill_since_s": at_s, "refill_role": body.role, "locked_until_s": None})]
    if isinstance(body, RefillSealed):
        return [(REFILL, {**NOBODY, "needs_refill": False})]
    if isinstance(body, RefillAborted):
        return [(REFILL, {**NOBODY, "needs_refill": True} if body.touched else NOBODY)]
    if isinstance(body, CredentialsLocked):
        return [(REFILL, {"locked_until_s": at_s + body.for_s})]
    if isinstance(body, PlanActivated):
        new_roll: list[tuple[str, dict[str, int | bool | None]]] = [(ROLL, _lies(1))] if new_filling else []
        return [(REFILL, {"needs_refill": False}), *new_roll]
    if isinstance(body, ReleaseIntended | PouchesRetiring):
        return [(ROLL, {"roll_doubt": True})]
    if isinstance(body, DosePresented):
        return [(ROLL, _lies(body.slot + 1))]
    if isinstance(body, PouchesRetained):
        moved = [(ROLL, _lies(body.slot + 1))] if body.slot else []
        return [*moved, (CHAMBER, {"chamber": body.chamber})]
    if isinstance(body, RollConfirmed):
        return [(ROLL, _lies(body.slot))]
    return [(CHAMBER, {"chamber": 0})] if isinstance(body, ChamberEmptied) else []


def _lies(slot: int) -> dict[str, int | bool | None]:
    """The first pouch of this slot is known to lie at the cutting line."""
    return {"roll_slot": slot, "roll_doubt": False}
