"""What plans say of doses and what dispensers have told of them; and the plans themselves."""

from sqlalchemy import Connection, RowMapping, func, insert, select, true, update

from centre.core.dose_life import DoseState, KnownDose, Settled
from centre.core.refill import WaitingPlan
from centre.edges.given_once import settled_doses
from centre.edges.tables.homes import devices
from centre.edges.tables.plans import dose_states, doses, plans
from protocol import cbor
from protocol.errors import MessageError
from protocol.load_plan import LoadPlan

STATE_COLUMNS = ("state", "cause", "kind", "released", "late_result", "at_s")


def next_version(connection: Connection, tenant: str, device_id: str) -> int:
    """Version for the device's next plan."""
    newest = select(func.max(plans.c.version)).where(plans.c.tenant == tenant, plans.c.device_id == device_id)
    return int(connection.execute(newest).scalar() or 0) + 1


def save_plan(
    connection: Connection,
    tenant: str,
    device_id: str,
    plan: LoadPlan,
    made_by: str,
    now_s: int,
    for_refill: bool = False,
) -> None:
    """Keep a plan and what it says of its doses.  for_refill: only a refill at the device puts it in force."""
    shared: dict[str, object] = {"tenant": tenant, "device_id": device_id, "version": plan.version}
    shared["plan_id"] = plan.plan_id.hex()
    values = {"bytes": cbor.encode(plan.to_map()), "active": False, "was_active": False}
    values |= {"medium": plan.medium, "for_refill": for_refill}
    connection.execute(insert(plans).values(made_by=made_by, made_s=now_s, **values, **shared))
    for dose in plan.doses:
        late_s = dose.late_until_s if dose.late_s is not None else None
        times = {name: getattr(dose, name) for name in ("due_s", "opens_s", "closes_s")}
        facts = {"slot": dose.slot, "label": dose.label, "flags": dose.flags, "late_until_s": late_s}
        connection.execute(insert(doses).values(dose_id=dose.dose_id.hex(), **times, **facts, **shared))


def newest_version(connection: Connection, tenant: str, device_id: str, plan_id: str) -> int | None:
    """Newest version of a plan of this device; None if there is no such plan."""
    query = select(func.max(plans.c.version)).where(
        plans.c.tenant == tenant, plans.c.device_id == device_id, plans.c.plan_id == plan_id
    )
    version = connection.execute(query).scalar()
    return None if version is None else int(version)


def plan_in_force(connection: Connection, tenant: str, device_id: str) -> tuple[str, int] | None:
    """(id, version) of the plan that the device doses by; None if it has said nothing of one."""
    query = select(plans.c.plan_id, plans.c.version).where(
        plans.c.tenant == tenant, plans.c.device_id == device_id, plans.c.active
    )
    row = connection.execute(query).first()
    return None if row is None else (str(row[0]), int(row[1]))


def stored_plan(
    connection: Connection, tenant: str, device_id: str, plan_id: str, version: int
) -> LoadPlan | None:
    """A plan as it was signed; None if there is none, or only one that no version of the protocol takes any more."""
    query = select(plans.c.bytes).where(
        plans.c.tenant == tenant,
        plans.c.device_id == device_id,
        plans.c.plan_id == plan_id,
        plans.c.version == version,
    )
    data = connection.execute(query).scalar()
    try:
        return None if data is None else LoadPlan.from_map(cbor.decode(bytes(data)))
    except MessageError:
        return None


def waiting_plan(connection: Connection, tenant: str, device_id: str) -> WaitingPlan | None:
    """The newest plan that was sent and is not in force; None when the newest one is, or has been."""
    query = select(plans.c.plan_id, plans.c.version, plans.c.for_refill, plans.c.was_active).where(
        plans.c.tenant == tenant, plans.c.device_id == device_id
    )
    kept = query.where(~plans.c.refused).order_by(plans.c.version.desc())
    newest = connection.execute(kept.limit(1)).first()
    if newest is None or newest[3]:
        return None
    first = select(func.count(), func.min(doses.c.due_s)).where(
        doses.c.tenant == tenant, doses.c.plan_id == newest[0], doses.c.version == newest[1]
    )
    count, first_s = connection.execute(first).one()
    return WaitingPlan(str(newest[0]), int(newest[1]), bool(newest[2]), int(count), int(first_s or 0))


def mark_refused(connection: Connection, tenant: str, device_id: str, plan_id: str, version: int) -> None:
    """The device did not take this plan; the one it kept before waits on."""
    of_device = (plans.c.tenant == tenant) & (plans.c.device_id == device_id)
    this = of_device & (plans.c.plan_id == plan_id) & (plans.c.version == version)
    connection.execute(update(plans).where(this).values(refused=True))


def mark_active(
    connection: Connection, tenant: str, device_id: str, plan_id: str, version: int, seq: int
) -> None:
    """The device doses by this plan and no other.  seq: of the event that says so; an older one changes nothing."""
    mine = (devices.c.tenant == tenant) & (devices.c.device_id == device_id)
    newer = update(devices).where(mine & (devices.c.plan_seq < seq)).values(plan_seq=seq)
    is_newest = connection.execute(newer).rowcount == 1
    of_device = (plans.c.tenant == tenant) & (plans.c.device_id == device_id)
    this = of_device & (plans.c.plan_id == plan_id) & (plans.c.version == version)
    connection.execute(update(plans).where(this).values(was_active=True))
    if is_newest:
        connection.execute(update(plans).where(of_device & plans.c.active).values(active=False))
        connection.execute(update(plans).where(this).values(active=True))


def known_doses(
    connection: Connection, tenant: str, device_id: str, due_after_s: int = 0, dose_id: str | None = None
) -> list[KnownDose]:
    """The doses of the device in the order of their times.

    Each is as the version in force says, else the newest that ever was, else the newest that waits.
    """
    query = (
        select(doses, plans.c.active, plans.c.was_active, plans.c.medium)
        .join(plans, (plans.c.plan_id == doses.c.plan_id) & (plans.c.version == doses.c.version))
        .where(doses.c.tenant == tenant, plans.c.tenant == tenant, doses.c.device_id == device_id)
        .where(doses.c.due_s >= due_after_s)
        .where(doses.c.dose_id == dose_id if dose_id is not None else true())
        .order_by(plans.c.active, plans.c.was_active, doses.c.version)
    )
    best = {str(row["dose_id"]): row for row in connection.execute(query).mappings()}
    states = _states(connection, tenant, device_id, dose_id)
    said = settled_doses(connection, tenant, device_id, dose_id)
    found = [_known(row, states.get(name, DoseState()), said.get(name)) for name, row in best.items()]
    return sorted(found, key=lambda dose: (dose.due_s, dose.version))


def known_dose(connection: Connection, tenant: str, device_id: str, dose_id: str) -> KnownDose | None:
    """One dose of the device; None if no plan of it holds such a dose."""
    found = known_doses(connection, tenant, device_id, dose_id=dose_id)
    return found[0] if found else None


def state_of(connection: Connection, tenant: str, device_id: str, dose_id: str) -> DoseState:
    """What the device has told of a dose, also of one that no plan here holds."""
    return _states(connection, tenant, device_id, dose_id).get(dose_id, DoseState())


def save_state(connection: Connection, tenant: str, device_id: str, dose_id: str, state: DoseState) -> None:
    """Keep what is known of a dose now."""
    values = {name: getattr(state, name) for name in STATE_COLUMNS}
    mine = (dose_states.c.tenant == tenant) & (dose_states.c.device_id == device_id)
    this = mine & (dose_states.c.dose_id == dose_id)
    if connection.execute(update(dose_states).where(this).values(**values)).rowcount == 0:
        names = {"tenant": tenant, "device_id": device_id, "dose_id": dose_id}
        connection.execute(insert(dose_states).values(**names, **values))


def _states(
    connection: Connection, tenant: str, device_id: str, dose_id: str | None = None
) -> dict[str, DoseState]:
    query = select(dose_states).where(dose_states.c.tenant == tenant, dose_states.c.device_id == device_id)
    if dose_id is not None:
        query = query.where(dose_states.c.dose_id == dose_id)
    rows = connection.execute(query).mappings()
    return {str(row["dose_id"]): DoseState(**{name: row[name] for name in STATE_COLUMNS}) for row in rows}


def _known(row: RowMapping, life: DoseState, settled: Settled | None) -> KnownDose:
    names = ("dose_id", "slot", "label", "due_s", "opens_s", "closes_s", "late_until_s", "flags", "plan_id")
    facts = {name: row[name] for name in (*names, "version", "medium")}
    return KnownDose(**facts, in_force=bool(row["active"]), life=life, settled=settled)
