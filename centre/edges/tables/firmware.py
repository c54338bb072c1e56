"""New firmware for the dispensers of a class."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table

from centre.edges.tables.base import metadata, tenant_column

campaigns = Table(  # new firmware for the dispensers of one class
    "campaigns",
    metadata,
    Column("campaign_id", String(32), primary_key=True),
    tenant_column(),
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
    tenant_column(),
    Column("wave", Integer, nullable=False),
    Column("state", String(12), nullable=False),  # of centre.core.campaign
    Column("since_s", BigInteger, nullable=False),
    Column("begun_s", BigInteger),
    Column("tries", Integer, nullable=False),
    Column("reason", Integer),
    Column("prepared_wall_s", BigInteger),  # when its hub was last asked
    Index(None, "tenant", "device_id"),
)
