"""What a dispenser last said of its filling and its roll: who fills it, is it unfinished, what comes next.

Each word counts by the number of the event that said it: what is older than the newest one of its kind changes nothing.
"""

from sqlalchemy import Connection, update

from centre.edges.tables.homes import devices
from protocol.device_events import MODEL_MULTIDOSE, JournalDamaged, LidOpened, PlanActivated
from protocol.dose_events import DosePresented, ReleaseIntended
from protocol.record import Message
from protocol.refill_events import WAY_ROLL, CredentialsLocked, RefillAborted, RefillSealed, RefillStarted
from protocol.roll_events import ChamberEmptied, PouchesRetained, PouchesRetiring, RollConfirmed

REFILL, ROLL, CHAMBER = "refill_seq", "roll_seq", "chamber_seq"
Values = dict[str, int | bool | None]
NOBODY: Values = {"refill_since_s": None, "refill_role": None}
DOUBT: Values = {"roll_doubt": True}


def hear(
    connection: Connection, tenant: str, device_id: str, body: Message, seq: int, at_s: int, new_filling: bool
) -> None:
    """Keep what an event says.  new_filling: of PlanActivated, another plan than the one in force before."""
    words = {
        REFILL: _of_refill(body, at_s),
        ROLL: _of_roll(body, new_filling),
        CHAMBER: _of_chamber(body),
    }
    for mark, values in words.items():
        if not values:
            continue
        mine = (devices.c.tenant == tenant) & (devices.c.device_id == device_id) & (devices.c[mark] < seq)
        if mark != REFILL:
            mine &= devices.c.model == MODEL_MULTIDOSE
        if isinstance(body, DosePresented):
            mine &= (
                devices.c.roll_doubt
            )  # after its intent; what lies outside the device was presented without one
        connection.execute(update(devices).where(mine).values(**{mark: seq}, **values))


def _of_refill(body: Message, at_s: int) -> Values | None:
    if isinstance(body, RefillStarted):
        return {"refill_since_s": at_s, "refill_role": body.role, "locked_until_s": None}
    if isinstance(body, RefillSealed):
        return {
            **NOBODY,
            "needs_refill": True,
        }  # nothing by the old plan; the new one comes into force at once
    if isinstance(body, RefillAborted):
        return {**NOBODY, "needs_refill": True} if body.touched else NOBODY
    if isinstance(body, CredentialsLocked):
        return {"locked_until_s": at_s + body.for_s}
    return {"needs_refill": False} if isinstance(body, PlanActivated) else None


def _of_roll(body: Message, new_filling: bool) -> Values | None:
    if isinstance(body, PlanActivated):
        return _lies(1) if new_filling else None
    if isinstance(body, RefillSealed):
        return _lies(1) if body.way == WAY_ROLL else None
    if isinstance(body, ReleaseIntended | PouchesRetiring | LidOpened | JournalDamaged):
        return DOUBT
    if isinstance(body, RefillAborted):
        return DOUBT if body.touched else None
    if isinstance(body, DosePresented | PouchesRetained):
        return _lies(body.slot + 1) if body.slot else None
    return _lies(body.slot) if isinstance(body, RollConfirmed) else None


def _of_chamber(body: Message) -> Values | None:
    if isinstance(body, PouchesRetained):
        return {"chamber": body.chamber}
    return {"chamber": 0} if isinstance(body, ChamberEmptied) else None


def _lies(slot: int) -> Values:
    """The first pouch of this slot is known to lie at the cutting line."""
    return {"roll_slot": slot, "roll_doubt": False}
