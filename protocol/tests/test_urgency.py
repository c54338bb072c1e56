"""The events that overtake a backlog."""

from protocol import events
from protocol.urgency import URGENT_TYPES, is_urgent

CALLING = {
    events.PreAlarm,
    events.DoseMissed,
    events.DoseUncertain,
    events.DoseWithheld,
    events.AlarmRaised,
    events.LateRelease,
    events.RefillAborted,
    events.CredentialsLocked,
    events.DeviceLost,
    events.HubTrouble,
}


def test_what_calls_a_person_overtakes_and_nothing_else_does():
    """A missed, uncertain or withheld dose, an alarm: told first.  A taken dose waits its turn, and so does what the
    chain is built on."""
    assert {kind for kind in events.BODIES.values() if is_urgent(kind.TYPE)} == CALLING
    assert len(URGENT_TYPES) == len(set(URGENT_TYPES)) == len(CALLING)
