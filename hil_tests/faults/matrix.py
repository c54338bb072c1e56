"""All rows, in groups that share a town."""

from hil_tests.faults.away_rows import AWAY_ROWS
from hil_tests.faults.broker_rows import BROKER_ROWS, NETWORK_ROWS
from hil_tests.faults.cable_rows import CABLE_ROWS
from hil_tests.faults.hub_rows import HUB_ROWS
from hil_tests.faults.identity_rows import IDENTITY_ROWS
from hil_tests.faults.rows import Row

GROUPS: dict[str, tuple[Row, ...]] = {
    "cable": CABLE_ROWS,
    "hub": HUB_ROWS,
    "broker": BROKER_ROWS,
    "network": NETWORK_ROWS,
    "identity": IDENTITY_ROWS,
    "away": AWAY_ROWS,
}
