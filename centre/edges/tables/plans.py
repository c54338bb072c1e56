"""What a device is to give, what became of it, and what it was told."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from centre.edges.tables.base import Id, metadata, tenant_column

plans = Table(
    "plans",
    metadata,
    Column("plan_id", String(32), primary_key=True),  # one filling of the device ...
    Column("version", BigInteger, primary_key=True),  # ... and each replan of it
    tenant_column(),
    Column("device_id", String(16), nullable=False),
    Column("bytes", LargeBinary, nullable=False),  # the plan's CBOR, as signed
    Column("made_by", String(60), nullable=False),
    Column("made_s", BigInteger, nullable=False),
    Column("active", Boolean, nullable=False),  # the device has said so
    Column("was_active", Boolean, nullable=False),  # ... at any time: its doses need an outcome
    Column("medium", Integer, nullable=False, default=1),  # of protocol.load_plan: tray or roll
    Column(
        "for_refill", Boolean, nullable=False, default=False
    ),  # only a refill at the device puts it in force
    Column("refused", Boolean, nullable=False, default=False),  # the device does not keep it
    UniqueConstraint("tenant", "device_id", "version"),
)

doses = Table(  # what one version of a plan says of a dose
    "doses",
    metadata,
    Column("plan_id", String(32), primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("dose_id", String(32), primary_key=True),
    tenant_column(),
    Column("device_id", String(16), nullable=False),
    Column("slot", Integer, nullable=False),
    Column("due_s", BigInteger, nullable=False),
    Column("opens_s", BigInteger, nullable=False),
    Column("closes_s", BigInteger, nullable=False),
    Column("late_until_s", BigInteger),  # NULL: never late
    Column("label", String(40), nullable=False),
    Column("flags", Integer, nullable=False),  # of protocol.load_plan.Dose
    ForeignKeyConstraint(["plan_id", "version"], ["plans.plan_id", "plans.version"]),
    Index(None, "tenant", "device_id", "dose_id"),
)

dose_states = Table(  # what the device has told of a dose
    "dose_states",
    metadata,
    Column("device_id", String(16), primary_key=True),
    Column("dose_id", String(32), primary_key=True),
    tenant_column(),
    Column("state", String(12), nullable=False),
    Column("cause", Integer),  # of DoseWithheld or DoseUncertain
    Column("kind", String(10)),  # early, late, assisted; NULL: the patient, in the window
    Column("released", Boolean, nullable=False),  # an intent was told, ever
    Column("late_result", String(12)),
    Column("at_s", BigInteger, nullable=False),
)

commands = Table(
    "commands",
    metadata,
    Column("id", Id, primary_key=True),
    tenant_column(),
    Column("device_id", String(16), nullable=False),
    Column("counter", BigInteger, nullable=False),
    Column("type", Integer, nullable=False),
    Column("cose", LargeBinary, nullable=False),
    Column("state", String(12), nullable=False),
    Column("reason", Integer),  # protocol refusal code
    Column("not_after_s", BigInteger, nullable=False),
    Column("made_by", String(60), nullable=False),
    Column("made_s", BigInteger, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("last_sent_wall_s", BigInteger),
    UniqueConstraint("tenant", "device_id", "counter"),
    Index(None, "tenant", "state"),
)
