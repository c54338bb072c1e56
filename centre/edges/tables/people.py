"""Who may log in, and who has."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table

from centre.edges.tables.base import metadata, tenant_column

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
    tenant_column(),
    Column("account", String(60), nullable=False),
    Column("role", String(20), nullable=False),
    Column("station", String(60), nullable=False),
    Column("language", String(2), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("expires_wall_s", BigInteger, nullable=False),
)
