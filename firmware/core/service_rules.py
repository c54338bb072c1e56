"""When may the device stop dosing for a technician, and when does it go back?  Pure.

A dose comes before any service: nobody who knocks, and nothing that hangs, may keep one from the patient.
"""

from firmware.core.agenda import doses
from firmware.core.grant import allows
from firmware.core.phases import finished

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from firmware.core.ledger import Ledger
    from firmware.core.schedule import Schedule

# From the moment it ends, service mode takes 5 s to dosing again, which is what a start may take; the rest is for a
# technician to close the lid and go.
APART_S = 15 * 60
LONGEST_S = 15 * 60  # of a service: no contact with the hub, and no alarm is told, for so long
SILENCE_S = 2 * 60  # without a tool at the cable
REST_S = 60  # dosing comes at least for so long between two services that nobody signed for
# After a start without a time, which hub and centre bring within a minute or two (shell/clock_keeping.py): who knocks
# again and again keeps it from the time no more than from dosing.
TIMELESS_REST_S = 5 * 60

ENDED_SILENCE, ENDED_TIME, ENDED_DOSE = 3, 4, 5  # of service_events.ServiceEnded


def seconds_to_dose(schedule: "Schedule | None", ledger: "Ledger", now_s: int | None) -> int | None:
    """Seconds until the next dose is due; 0: one is in hand, or may be had now, by the plan or by an authorisation.

    None: none is to come, or none can be given, because the unit is paused or knows no time.
    """
    if ledger.hand is not None:
        return 0
    if now_s is None or ledger.paused:
        return None
    if ledger.grant is not None:
        for dose in doses(schedule, ledger):
            if allows(ledger.grant, dose, now_s):
                return 0
    for dose in doses(schedule, ledger):
        if finished(dose.phase) or dose.closes_s <= now_s:
            continue
        return max(0, dose.due_s - now_s)
    return None


def why_busy(to_dose_s: int | None, refilling: bool, rest_s: int) -> str:
    """Why a knock is not answered now, as a sentence for a technician; empty: come in.

    For an owned device; one without a centre doses nothing and lets everybody in.  rest_s: see rest_left_s().
    """
    if to_dose_s is not None and to_dose_s < APART_S:
        return "a dose is in hand, can be had or is due within 15 minutes; try again after it"
    if refilling:
        return "somebody fills it; try again when they have finished"
    if rest_s > 0:
        return "it was in service just now; try again in %d s" % rest_s
    return ""


def rest_left_s(ended_s: int, rest_s: int, now_s: int | None, uptime_s: int) -> int:
    """Seconds until the next knock is heard.  As long as the last service lasted, so that dosing has half of the time.

    ended_s: UTC s at the end of the last service that nobody signed for; 0: unknown (it was cut off) or none.  rest_s:
    what it has to rest since.  Without a time, or that end, it rests since this start.
    """
    since_s = uptime_s
    if now_s is None and rest_s:
        rest_s = max(TIMELESS_REST_S, rest_s)
    if now_s is not None and ended_s and now_s >= ended_s:
        since_s = now_s - ended_s
    return max(0, rest_s - since_s)


def rest_after_s(served_s: int, signed: bool, has_plan: bool) -> int:
    """How long to rest after a service of this length.

    Nothing when the centre had signed a command for it or the release key a firmware, and nothing without a plan: there
    is no dose to keep from anybody.
    """
    return 0 if signed or not has_plan else max(REST_S, served_s)


def why_end(owned: bool, to_dose_s: int | None, served_s: int, silent_s: int) -> int:
    """Why service mode ends now, as in ServiceEnded; 0: it goes on.  silent_s: since a tool was last at the cable."""
    if owned and to_dose_s is not None and to_dose_s < APART_S:
        return ENDED_DOSE
    if owned and served_s >= LONGEST_S:
        return ENDED_TIME
    return ENDED_SILENCE if silent_s >= SILENCE_S else 0


def console_fits(owned: bool, to_dose_s: int | None, minutes: int) -> bool:
    """Whether the console may be open for so long: nothing is given meanwhile, and nobody ends it before a dose."""
    return not owned or to_dose_s is None or to_dose_s >= minutes * 60 + APART_S


def left_s(owned: bool, to_dose_s: int | None, served_s: int) -> int:
    """Seconds until it ends whatever the tool does."""
    if not owned:
        return LONGEST_S
    left = LONGEST_S - served_s
    if to_dose_s is not None:
        left = min(left, to_dose_s - APART_S)
    return max(0, left)
