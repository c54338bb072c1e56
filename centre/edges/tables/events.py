"""What devices and hubs have told, and the ends of their chains.

`events` and `evidence` are append only: no code updates or deletes their rows.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from centre.edges.tables.base import Id, metadata, tenant_column

events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True),
    tenant_column(),
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
    tenant_column(),
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
    tenant_column(),
    Column("last_seq", BigInteger, nullable=False),
    Column("head", LargeBinary(16), nullable=False),
)
