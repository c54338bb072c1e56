"""Short histories, made up for the audit: a plan of three doses, events one after the other, notes between them."""

from firmware.simulation.day_pieces import PLAN, START_S, dose, dose_id
from firmware.simulation.history import History
from firmware.simulation.media import TRAY
from protocol.commands import ActivatePlan, StoreLoadPlan
from protocol.cose import event_hash
from protocol.dose_events import (
    LATE_TAKEN,
    RELEASE_LATE,
    DosePresented,
    DoseTaken,
    LateRelease,
    ReleaseIntended,
)
from protocol.events import DoseMissed, Event, PlanActivated

DUE_S = (1000, 5000, 9000)
THE_PLAN = TRAY.plan(PLAN, 1, [dose(n, due_s, late_s=3600) for n, due_s in enumerate(DUE_S, 1)])
BEGIN = ((24, PlanActivated(PLAN, 1, 3)),)
MISSED = tuple((due_s + 1801, DoseMissed(dose_id(n), n, START_S + due_s)) for n, due_s in enumerate(DUE_S, 1))
ORDERS = ((20_000, 1, StoreLoadPlan(THE_PLAN)), (24_000, 2, ActivatePlan(PLAN, 1)))


def given(n, at_s, **authorised):
    """The n-th dose is released and taken."""
    kind = authorised.get("kind")
    end = (
        LateRelease(dose_id(n), n, authorised["counter"], LATE_TAKEN)
        if kind == RELEASE_LATE
        else DoseTaken(dose_id(n), n, kind)
    )
    return (
        (at_s, ReleaseIntended(dose_id(n), n, **authorised)),
        (at_s, "turn", n, 0, 0.0, None),
        (at_s, "shutter", "open", n, 0.0, dose_id(n)),
        (at_s, "uncovers", n, dose_id(n)),
        (at_s + 1, DosePresented(dose_id(n), n, kind)),
        (at_s + 10, "taken", n, dose_id(n), 2),
        (at_s + 11, end),
    )


def history(*rows, orders=ORDERS, until_s=20_000, clock=2):
    """rows: (second, event body) or (second, word of the log, facts ...); `("boot",)` starts anew."""
    log, told, coses, boot, position = [(0, "power on")], {}, {}, 1, 0
    for row in rows:
        if row == ("boot",):
            boot += 1
            log.append((log[-1][0], "power on"))
        elif isinstance(row[1], str):
            log.append((row[0] * 1000, *row[1:]))
        else:
            seq = len(told) + 1
            prev = event_hash(coses[seq - 1]) if told else bytes(16)
            utc_s = START_S + row[0] if clock else 0
            told[seq] = Event(bytes(8), seq, prev, utc_s, clock, boot, row[0] * 1000, row[1])
            coses[seq] = told[seq].encode()
            log.append((row[0] * 1000, "journalled", seq, position, 0, False))
    return History(coses, told, log, list(orders), START_S + until_s)
