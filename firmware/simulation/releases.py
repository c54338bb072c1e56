"""I1, I2 and I4: when a compartment may be brought to light at all."""

from collections import Counter

from firmware.simulation.history import OUTCOMES
from firmware.simulation.pouch_truth import one_dose_at_a_time, out_of_reach
from firmware.simulation.refill_truth import only_who_may

RELEASE_EARLY, RELEASE_LATE, RELEASE_ASSISTED = 1, 2, 3
CANCELLED, REPLACED = 6, 7
ASSISTED = 4


def i1_one_release(history):
    """At most one intent, and at most one opening by the motor, for each dose."""
    found = _doubled([event.body.dose_id for _, event, _ in history.events("ReleaseIntended")], "intents")
    opened = [row[3] for row in history.log if row[1] == "uncovers" and row[3] is not None]
    return found + _doubled(opened, "openings") + one_dose_at_a_time(history)


def opens(row):
    """Whether this note is a motor that brings a compartment to light."""
    return row[1] == "shutter" and row[2] == "open" and row[3] not in (0, None)


def _doubled(names, what):
    return ["dose %s: %d %s" % (n.hex()[:8], times, what) for n, times in Counter(names).items() if times > 1]


def i2_in_window_or_authorised(history):
    """No intent outside the window, unless a signed authorisation names the dose."""
    authorisations = history.authorisations()
    found = []
    for index, event, _ in history.events("ReleaseIntended"):
        dose = history.dose(index, event.body.dose_id)
        if dose is None:
            found.append("dose %s is released and in no plan" % event.body.dose_id.hex()[:8])
            continue
        wrong = _not_allowed(event, dose, authorisations)
        if wrong:
            found.append("dose in slot %d at %d: %s" % (dose.slot, event.utc_s, wrong))
    return found + only_who_may(history)


def _not_allowed(event, dose, authorisations):
    """Why this release may not be, or None."""
    inside = dose.opens_s <= event.utc_s < dose.closes_s
    kind = event.body.kind
    if kind is None:
        if dose.flags & ASSISTED:
            return "only staff may release it"
        return None if inside else "outside its window"
    order = authorisations.get(event.body.counter)
    if order is None or order.kind != kind or dose.dose_id not in order.dose_ids:
        return "no authorisation names it"
    if event.utc_s >= order.until_s:
        return "the authorisation was over"
    if kind == RELEASE_ASSISTED and not inside:
        return "staff, but outside its window"
    if kind == RELEASE_EARLY and event.utc_s >= dose.closes_s:
        return "early, after its window"
    if kind == RELEASE_LATE and not (dose.late_s and event.utc_s < dose.due_s + dose.late_s):
        return "later than is safe"
    return None


def i4_missed_stays_missed(history):
    """After an outcome there is no intent, but a late one for a dose that was missed or withheld."""
    ended, found = {}, []
    for _, event, name in history.events("ReleaseIntended", *OUTCOMES):
        body = event.body
        if name in OUTCOMES:
            ended.setdefault(body.dose_id, (name, getattr(body, "cause", 0)))
            continue
        end, cause = ended.get(body.dose_id, (None, 0))
        late = body.kind == RELEASE_LATE
        fit = end == "DoseMissed" or (end == "DoseWithheld" and cause not in (CANCELLED, REPLACED))
        if end is not None and not (late and fit):
            found.append("dose %s is released after %s" % (body.dose_id.hex()[:8], end))
    return found + out_of_reach(history)
