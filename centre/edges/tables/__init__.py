"""The tables, a file a subject.  SQLAlchemy Core, nothing that only one database knows; every table carries its tenant.

Ids of devices, hubs, doses and plans are lower-case hex.  `_s` is UTC seconds: device time unless the name says wall.
Whoever imports one of them has all in `metadata`, as the steps to a new version need them (centre/migrations).
"""

from centre.edges.tables import alarms, events, firmware, homes, people, plans
from centre.edges.tables.base import metadata

__all__ = ["alarms", "events", "firmware", "homes", "metadata", "people", "plans"]
