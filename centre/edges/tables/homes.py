"""Who belongs to us: hubs, devices and what proves it, and who may fill a device."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, String, Table, Text

from centre.edges.tables.base import metadata, tenant_column

hubs = Table(
    "hubs",
    metadata,
    Column("hub_id", String(16), primary_key=True),
    tenant_column(),
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
    tenant_column(),
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
    Column(
        "erased_s", BigInteger
    ),  # NULL: it has an owner; else it came back, and its last word was the erase record
)

certificates = Table(  # what says that a device belongs to this centre; append only
    "certificates",
    metadata,
    Column("serial", String(16), primary_key=True),
    tenant_column(),
    Column("device_id", String(16), nullable=False),
    Column("issued_s", BigInteger, nullable=False),
    Column("expires_s", BigInteger, nullable=False),
    Column("cose", LargeBinary, nullable=False),
    Column("made_by", String(60), nullable=False),
    Index(None, "tenant", "device_id"),
)

credentials = Table(  # who may fill a device; whose it is stands here and nowhere else
    "credentials",
    metadata,
    Column("credential", String(16), primary_key=True),
    tenant_column(),
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
