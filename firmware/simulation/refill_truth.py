"""What the invariants ask of a refill: by whom, with nothing let out meanwhile, and told as it really was."""

from firmware.simulation.history import name_of

DIFF_MISSING, DIFF_EXTRA, WAY_ROLL = 1, 2, 3
MESSAGE_ONLY = 2


def only_who_may(history):
    """I2: a refill is begun by a credential that the centre has sent and not revoked, in its role, and never while
    locked."""
    known = {body.credential: body for body in history.orders("AddCredential")}
    locked_until_s, refused, found = 0, 0, []
    for _, event, name in history.events():
        body = event.body
        if name == "CredentialsLocked":
            locked_until_s, refused = event.utc_s + body.for_s, 0
        elif name == "CredentialRefused":
            refused += 1
        elif name == "RefillStarted":
            order = known.get(body.credential)
            if order is None or order.role != body.role or (order.until_s and event.utc_s > order.until_s):
                found.append("a refill was begun at %d by nobody who may" % event.utc_s)
            if event.utc_s < locked_until_s or refused > 4:
                found.append("a refill was begun at %d after %d wrong tries" % (event.utc_s, refused))
            refused = 0
    return found


def nothing_while_filling(history):
    """I5: nothing is released while somebody fills, nor afterwards until what lies there is known."""
    filling = unknown = False
    found = []
    for _, event, name in history.events():
        if name == "RefillStarted":
            filling = True
        elif name in ("RefillSealed", "RefillAborted"):
            filling = False
            unknown = unknown or (name == "RefillAborted" and event.body.touched)
        elif name == "PlanActivated":
            unknown = False
        elif name == "ReleaseIntended" and (filling or unknown):
            where = "while somebody fills" if filling else "before it is filled"
            found.append("slot %d is released at %d %s" % (event.body.slot, event.utc_s, where))
    return found


def sealed(history):
    """{index in told: (plan id, version)} of each plan that a seal put in force there."""
    plans, last = {}, None
    for index, event, name in history.events():
        if name == "RefillSealed":
            last = (event.body.plan_id, event.body.version)
        elif name == "PlanActivated":
            plans[index], last = last, None
    return plans


def sealed_as_it_was(history):
    """I3: the differences that a seal names are those between the plan and what lies in the tray, no more, no fewer."""
    held, found = None, []
    for row, events in history.steps():
        if row[1] == "holds":
            held = set(row[2])
        elif row[1] == "taken" and held is not None:
            held.discard(row[2])
        for event in events:
            if name_of(event.body) == "RefillSealed" and event.body.way != WAY_ROLL and held is not None:
                found += _wrong(history, event.body, held)
    return found


def _wrong(history, seal, held):
    plan = history.plans[(seal.plan_id, seal.version)]
    planned = {dose.slot for dose in plan.doses if not dose.flags & MESSAGE_ONLY}
    true = {(slot, DIFF_MISSING) for slot in planned - held} | {(slot, DIFF_EXTRA) for slot in held - planned}
    told = {tuple(row) for row in seal.differences}
    return ["sealed with differences %s, true are %s" % (sorted(told), sorted(true))] if told != true else []
