"""Alarms and the trail of everything that was done.  `audit` is append only: no code updates or deletes its rows."""

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, String, Table, Text, UniqueConstraint

from centre.edges.tables.base import Id, metadata, tenant_column

alarms = Table(
    "alarms",
    metadata,
    Column("id", Id, primary_key=True),
    tenant_column(),
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
    tenant_column(),
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
    tenant_column(),
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
