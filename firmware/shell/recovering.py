"""After a power cut, after lost events: say what nobody can know.  Needed at the start, dropped again (rare.py)."""

from firmware.core import agenda
from firmware.core.dose import step
from firmware.core.dose_words import Restarted
from firmware.core.grant import end_of
from protocol.dose_events import CAUSE_POWER_CUT, ENDED_TIME, DoseUncertain


def recover(recorder):
    """Tell what was in hand when the power failed, before anything moves.  Returns whether there was something."""
    left = agenda.left_in_hand(recorder.ledger)
    if left is None:
        return False
    for note in step(left, Restarted(), None)[1]:
        recorder.note(note.body)
    return True


def settle_doubt(recorder, plan, now_s):
    """Events are lost: every dose that could have been given in them is uncertain.  Returns whether there is one.

    An authorisation that stands may have been used up in them, so it ends.
    """
    doses, grant = agenda.doubtful(plan, recorder.ledger, now_s), recorder.ledger.grant
    for dose in doses:
        recorder.note(DoseUncertain(dose.dose_id, dose.slot, CAUSE_POWER_CUT))
    if grant is not None:
        recorder.note(end_of(grant, ENDED_TIME))
    recorder.lost_events = False
    recorder.settings.wipe("events_lost")  # of recalling.py
    return len(doses) > 0
