"""Devices that have come back and forgotten their owner"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Whose newest event is the erase record (44), since then.
FILL = """
UPDATE devices SET erased_s = (
  SELECT CASE WHEN e.utc_s > 0 THEN e.utc_s ELSE e.received_s END FROM events e
  WHERE e.tenant = devices.tenant AND e.device_id = devices.device_id AND e.type = 44
  AND e.seq = (SELECT MAX(n.seq) FROM events n WHERE n.tenant = e.tenant AND n.device_id = e.device_id))
"""


def upgrade() -> None:
    op.add_column("devices", sa.Column("erased_s", sa.BigInteger(), nullable=True))
    op.execute(FILL)


def downgrade() -> None:
    raise NotImplementedError("an older centre would miss devices that are gone; restore the copy instead")
