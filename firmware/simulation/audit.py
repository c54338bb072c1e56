"""The seven invariants over a history (docs/safety.md).  Each is a function that returns sentences: none when it holds.

Written from the sentences themselves and from what really moved; imports nothing that decides inside the device.
"""

from firmware.simulation.certainty import i5_sure_of_time_and_place
from firmware.simulation.history import broken_chain
from firmware.simulation.order_of_things import i6_plan_whole, i7_journal_first
from firmware.simulation.outcomes import i3_one_outcome
from firmware.simulation.releases import i1_one_release, i2_in_window_or_authorised, i4_missed_stays_missed

INVARIANTS = (
    i1_one_release,
    i2_in_window_or_authorised,
    i3_one_outcome,
    i4_missed_stays_missed,
    i5_sure_of_time_and_place,
    i6_plan_whole,
    i7_journal_first,
)


def audit(history):
    """Every sentence that is broken, with the invariant's name before it."""
    found = ["I%d: %s" % (n, words) for n, check in enumerate(INVARIANTS, 1) for words in check(history)]
    found += ["chain: " + words for words in broken_chain(history)]
    return found + ["crash: %r at %d s" % (error, at_ms // 1000) for at_ms, error in history.crashes]
