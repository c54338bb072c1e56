"""The tables.  SQLAlchemy Core, nothing that only one database knows; every table carries its tenant.

Ids of devices, hubs, doses and plans are lower-case hex.  `_s` is UTC seconds: device time unless the name
says wall.  events and audit are append only: no code updates or deletes their rows.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)
Id = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers rows by itself only as INTEGER


def _tenant() -> Column[str]:
    return Column("tenant", String(32), ForeignKey("tenants.name"), nullable=False)


tenants = Table("tenants", metadata, Column("name", String(32), primary_key=True))

hubs = Table(
    "hubs",
    metadata,
    Column("hub_id", String(16), primary_key=True),
    _tenant(),
    Column("public_point", LargeBinary(65), nullable=False),
    Column("label", String(60), nullable=False),  # where it hangs, never who lives there
    Column("session", BigInteger, nullable=False),
    Column("online", Boolean, nullable=False),
    Column("last_heard_wall_s", BigInteger, nullable=False),
    Column("offline_since_wall_s", BigInteger),
    Column("linked", Text, nullable=False),  # device ids of its last state message
    Column("state_utc_s", BigInteger, nullable=False),
    Column("beats", Boolean, nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("device_id", String(16), primary_key=True),
    _tenant(),
    Column("public_point", LargeBinary(65), nullable=False),
    Column("model", Integer, nullable=False),
    Column("hub_id", String(16), nullable=False),
    Column("label", String(60), nullable=False),  # a place label given by staff, such as a flat number
    # What the device last said of itself; each _seq is the event that said it, so that an older one changes nothing.
    Column("plan_seq", BigInteger, nullable=False, default=0),
    Column("paused_since_s", BigInteger),  # NULL: not paused
    Column("pause_reason", Integer),
    Column("pause_seq", BigInteger, nullable=False, default=0),
    Column("grant_counter", BigInteger),  # NULL: no authorisation stands
    Column("grant_kind", Integer),
    Column("grant_until_s", BigInteger),
    Column("grant_seq", BigInteger, nullable=False, default=0),
    Column("refill_since_s", BigInteger),  # NULL: nobody is filling it
    Column("refill_role", Integer),
    Column("needs_refill", Boolean, nullable=False, default=False),  # a refill was left unfinished
    Column("locked_until_s", BigInteger),  # too many wrong PINs or tags
    Column("refill_seq", BigInteger, nullable=False, default=0),
    Column("roll_slot", Integer),  # whose pouches lie at the cutting line; NULL: never told
    Column("roll_doubt", Boolean, nullable=False, default=False),  # ... and nobody can be sure of it
    Column("roll_seq", BigInteger, nullable=False, default=0),
    Column("chamber", Integer, nullable=False, default=0),  # pouches in the retention chamber
    Column("chamber_seq", BigInteger, nullable=False, default=0),
)

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True),
    _tenant(),
    Column("device_id", String(16), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("hash", LargeBinary(16), nullable=False),
    Column("prev", LargeBinary(16), nullable=False),
    Column("type", Integer, nullable=False),
    Column("utc_s", BigInteger, nullable=False),
    Column("clock", Integer, nullable=False),
    Column("boot", BigInteger, nullable=False),
    Column("uptime_ms", BigInteger, nullable=False),
    Column("cose", LargeBinary, nullable=False),  # the original bytes: the proof
    Column("hub_id", String(16), nullable=False),
    Column("received_s", BigInteger, nullable=False),
    UniqueConstraint("tenant", "device_id", "seq"),
    Index(None, "tenant", "device_id", "received_s"),
    Index(None, "tenant", "device_id", "type", "seq"),
)

evidence = Table(  # what was not believed, kept as it came
    "evidence",
    metadata,
    Column("id", Id, primary_key=True),
    _tenant(),
    Column("verdict", String(20), nullable=False),
    Column("hub_id", String(16), nullable=False),
    Column("device_id", String(16), nullable=False),  # as claimed, "" if unreadable
    Column("hash", LargeBinary(16), nullable=False),
    Column("cose", LargeBinary, nullable=False),
    Column("received_s", BigInteger, nullable=False),
    UniqueConstraint("tenant", "hub_id", "verdict", "hash"),
)

chains = Table(
    "chains",
    metadata,
    Column("device_id", String(16), primary_key=True),
    _tenant(),
    Column("last_seq", BigInteger, nullable=False),
    Column("head", LargeBinary(16), nullable=False),
)

plans = Table(
    "plans",
    metadata,
    Column("plan_id", String(32), primary_key=True),  # one filling of the device ...
    Column("version", BigInteger, primary_key=True),  # ... and each replan of it
    _tenant(),
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
    _tenant(),
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
    _tenant(),
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
    _tenant(),
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

credentials = Table(  # who may fill a device; whose it is stands here and nowhere else
    "credentials",
    metadata,
    Column("credential", String(16), primary_key=True),
    _tenant(),
    Column("device_id", String(16), nullable=False),
    Column("label", String(60), nullable=False),  # in staff's words
    Column("role", Integer, nullable=False),
    Column("with_tag", Boolean, nullable=False),
    Column("with_pin", Boolean, nullable=False),
    Column("tag", LargeBinary(16)),  # hashes; NULL once it opens nothing any more
    Column("pin", LargeBinary(16)),
    Column("until_s", BigInteger),
    Column("state", String(12), nullable=False),
    Column("made_by", String(60), nullable=False),
    Column("made_s", BigInteger, nullable=False),
    Index(None, "tenant", "device_id"),
)

alarms = Table(
    "alarms",
    metadata,
    Column("id", Id, primary_key=True),
    _tenant(),
    Column("device_id", String(16), nullable=False),  # or a hub's id
    Column("cause", String(100), nullable=False),  # code:105: and up to 64 letters of detail
    Column("episode", Integer, nullable=False),  # a fault that comes back after closing is a new one
    Column("kind", String(30), nullable=False),
    Column("code", Integer, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("owner", String(20), nullable=False),
    Column("condition", String(10), nullable=False),
    Column("handling", String(12), nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_seen_s", BigInteger, nullable=False),
    Column("last_seen_s", BigInteger, nullable=False),
    Column("deadline_s", BigInteger, nullable=False),
    Column("holder", String(60)),
    Column("lease_until_wall_s", BigInteger),
    Column("reason", String(30)),
    Column("facts", JSON, nullable=False),
    Column("version", BigInteger, nullable=False),  # compare and set: the loser sees the winner's name
    UniqueConstraint("tenant", "device_id", "cause", "episode"),
    Index(None, "tenant", "handling"),
)

pending_alarms = Table(  # heard, and given a moment to end by itself before a person is called
    "pending_alarms",
    metadata,
    Column("id", Id, primary_key=True),
    _tenant(),
    Column("device_id", String(16), nullable=False),
    Column("cause", String(100), nullable=False),
    Column("kind", String(30), nullable=False),
    Column("code", Integer),
    Column("priority", Integer),
    Column("facts", JSON, nullable=False),
    Column("ring_at_wall_s", BigInteger, nullable=False),
    UniqueConstraint("tenant", "device_id", "cause"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    _tenant(),
    Column("alarm_id", Id),
    Column("verb", String(20), nullable=False),
    Column("actor", String(60), nullable=False),  # an account, or "device", "hub", "time", "centre"
    Column("station", String(60), nullable=False),
    Column("at_s", BigInteger, nullable=False),
    Column("at_wall_s", BigInteger, nullable=False),
    Column("was", String(60), nullable=False),
    Column("became", String(60), nullable=False),
    Column("comment", Text, nullable=False),
    Index(None, "tenant", "alarm_id"),
)

campaigns = Table(  # new firmware for the dispensers of one class
    "campaigns",
    metadata,
    Column("campaign_id", String(32), primary_key=True),
    _tenant(),
    Column("target", String(100), nullable=False),  # its name in the firmware repository
    Column("version", String(32), nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("device_class", String(32), nullable=False),
    Column("manifest_digest", String(64), nullable=False),  # hex
    Column("state", String(12), nullable=False),  # of centre.core.campaign
    Column("why", String(12)),
    Column("wave", Integer, nullable=False),
    Column("forgiven", Integer, nullable=False),
    Column("pardoned", Integer),
    Column("made_by", String(60), nullable=False),
    Column("made_s", BigInteger, nullable=False),
    Index(None, "tenant", "state"),
)

campaign_parts = Table(
    "campaign_parts",
    metadata,
    Column("campaign_id", String(32), ForeignKey("campaigns.campaign_id"), primary_key=True),
    Column("device_id", String(16), primary_key=True),
    _tenant(),
    Column("wave", Integer, nullable=False),
    Column("state", String(12), nullable=False),  # of centre.core.campaign
    Column("since_s", BigInteger, nullable=False),
    Column("begun_s", BigInteger),
    Column("tries", Integer, nullable=False),
    Column("reason", Integer),
    Column("prepared_wall_s", BigInteger),  # when its hub was last asked
    Index(None, "tenant", "device_id"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("tenant", String(32), ForeignKey("tenants.name"), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("failed", Integer, nullable=False),
    Column("locked_until_wall_s", BigInteger, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),  # the token itself stays in the cookie
    _tenant(),
    Column("account", String(60), nullable=False),
    Column("role", String(20), nullable=False),
    Column("station", String(60), nullable=False),
    Column("language", String(2), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("expires_wall_s", BigInteger, nullable=False),
)

certificates = Table(  # what says that a device belongs to this centre; append only
    "certificates",
    metadata,
    Column("serial", String(16), primary_key=True),
    _tenant(),
    Column("device_id", String(16), nullable=False),
    Column("issued_s", BigInteger, nullable=False),
    Column("expires_s", BigInteger, nullable=False),
    Column("cose", LargeBinary, nullable=False),
    Column("made_by", String(60), nullable=False),
    Index(None, "tenant", "device_id"),
)
