"""A dispenser that has come back from its home and forgotten its owner (decision 43).  Pure.

Its erase record is the last event of its identity: a dispenser takes the wipe only while the record is the newest event
of its journal.  One that says anything after its record was therefore not wiped, may dose, and counts as in use.
"""

from centre.core.rules import CONTACT, Raise, Signal, dose_cause
from protocol.service_events import DeviceErased

DOSES = dose_cause(b"")  # what the cause of every dose's row begins with
GAP = "gap"  # events that were never brought, and lie in no journal any more


def is_erased(newest_type: int) -> bool:
    """newest_type: of the newest event that is stored of the dispenser."""
    return newest_type == DeviceErased.TYPE


def outlives(cause: str) -> bool:
    """An alarm of this cause waits for a person although its dispenser is gone: somebody may lack a dose."""
    return cause == GAP or cause.startswith(DOSES)


def matters(news: Signal, erased: bool) -> bool:
    """False for what only says that an erased dispenser is silent, as it must be."""
    return not (erased and isinstance(news, Raise) and news.cause == CONTACT)
