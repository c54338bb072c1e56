"""The life of a dose: versions of a plan, states of doses, pauses, and alarms that wait a moment

Plans and doses are few, so they are read, made anew and written back; what doses became is read from the events.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from protocol import cbor, cose

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Event types and their words, as they were when this step was written.
STATES = {5: "due", 6: "released", 7: "presented", 8: "taken", 10: "missed", 11: "uncertain", 12: "withheld"}
ENDED = ("taken", "missed", "uncertain", "withheld")


def upgrade() -> None:
    connection = op.get_bind()
    plans = [dict(row) for row in connection.execute(sa.text("SELECT * FROM plans")).mappings()]
    op.drop_table("doses")
    op.drop_table("plans")
    _create_plans()
    for plan in plans:
        _insert(connection, "plans", {**plan, "was_active": plan["active"]})
        for dose in _doses(plan):
            _insert(connection, "doses", dose)
    for state in _states(connection).values():
        _insert(connection, "dose_states", state)
    _widen()


def _create_plans() -> None:
    op.create_table(
        "plans",
        sa.Column("plan_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=16), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.String(length=60), nullable=False),
        sa.Column("made_s", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("was_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenants.name"], name=op.f("fk_plans_tenant")),
        sa.PrimaryKeyConstraint("plan_id", "version", name=op.f("pk_plans")),
        sa.UniqueConstraint("tenant", "device_id", "version", name=op.f("uq_plans_tenant_device_id_version")),
    )
    op.create_table(
        "doses",
        sa.Column("plan_id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("dose_id", sa.String(length=32), nullable=False),
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=16), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("due_s", sa.BigInteger(), nullable=False),
        sa.Column("opens_s", sa.BigInteger(), nullable=False),
        sa.Column("closes_s", sa.BigInteger(), nullable=False),
        sa.Column("late_until_s", sa.BigInteger(), nullable=True),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("flags", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id", "version"], ["plans.plan_id", "plans.version"], name=op.f("fk_doses_plan_id_version")
        ),
        sa.ForeignKeyConstraint(["tenant"], ["tenants.name"], name=op.f("fk_doses_tenant")),
        sa.PrimaryKeyConstraint("plan_id", "version", "dose_id", name=op.f("pk_doses")),
    )
    op.create_index(op.f("ix_doses_tenant_device_id_dose_id"), "doses", ["tenant", "device_id", "dose_id"])
    op.create_table(
        "dose_states",
        sa.Column("device_id", sa.String(length=16), nullable=False),
        sa.Column("dose_id", sa.String(length=32), nullable=False),
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("cause", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=True),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.Column("late_result", sa.String(length=12), nullable=True),
        sa.Column("at_s", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenants.name"], name=op.f("fk_dose_states_tenant")),
        sa.PrimaryKeyConstraint("device_id", "dose_id", name=op.f("pk_dose_states")),
    )
    op.create_table(
        "pending_alarms",
        sa.Column("id", ID, nullable=False),
        sa.Column("tenant", sa.String(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("code", sa.Integer(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("ring_at_wall_s", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenants.name"], name=op.f("fk_pending_alarms_tenant")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_alarms")),
        sa.UniqueConstraint(
            "tenant", "device_id", "cause", name=op.f("uq_pending_alarms_tenant_device_id_cause")
        ),
    )


def _widen() -> None:
    with op.batch_alter_table("alarms") as alarms:
        alarms.alter_column(
            "cause", type_=sa.String(length=100), existing_type=sa.String(length=60), existing_nullable=False
        )
    for name in ("plan_seq", "pause_seq", "grant_seq"):
        op.add_column("devices", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    for name in ("paused_since_s", "grant_counter", "grant_until_s"):
        op.add_column("devices", sa.Column(name, sa.BigInteger(), nullable=True))
    for name in ("pause_reason", "grant_kind"):
        op.add_column("devices", sa.Column(name, sa.Integer(), nullable=True))


def _doses(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The doses of a plan, from its own bytes (docs/protocol.md: a wire key is never used for something else)."""
    fields: Any = cbor.decode(bytes(plan["bytes"]))
    shared = {name: plan[name] for name in ("tenant", "device_id", "plan_id", "version")}
    for dose in fields[4]:
        due_s = dose[3]
        times = {"due_s": due_s, "opens_s": due_s - dose[4], "closes_s": due_s + dose[5]}
        words = {"label": dose[8], "flags": dose[7], "late_until_s": None}
        yield {**shared, **times, **words, "dose_id": dose[1].hex(), "slot": dose[2]}


def _states(connection: sa.Connection) -> dict[tuple[str, str], dict[str, Any]]:
    """What each dose has become, from the events in their order."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    events = sa.text(
        "SELECT tenant, device_id, type, utc_s, received_s, cose FROM events"
        " WHERE type IN (5, 6, 7, 8, 10, 11, 12) ORDER BY tenant, device_id, seq"
    )
    for row in connection.execute(events).mappings():
        heard: Any = cbor.decode(cose.parse_sign1(bytes(row["cose"])).payload)
        key = (row["device_id"], heard[9][1].hex())
        known = found.setdefault(key, _planned(row["tenant"], *key))
        known["released"] |= row["type"] == 6
        if known["state"] not in ENDED:
            cause = heard[9].get(3) if row["type"] in (11, 12) else None
            at_s = row["utc_s"] or row["received_s"]
            known |= {"state": STATES[row["type"]], "cause": cause, "at_s": at_s}
    return found


def _planned(tenant: str, device_id: str, dose_id: str) -> dict[str, Any]:
    names = {"tenant": tenant, "device_id": device_id, "dose_id": dose_id, "state": "planned", "at_s": 0}
    return {**names, "cause": None, "kind": None, "released": False, "late_result": None}


def _insert(connection: sa.Connection, table: str, row: dict[str, Any]) -> None:
    columns: list[sa.ColumnClause[Any]] = [sa.column(name) for name in row]
    connection.execute(sa.insert(sa.table(table, *columns)).values(**row))


def downgrade() -> None:
    raise NotImplementedError("an older centre would forget what became of doses; restore the copy instead")
