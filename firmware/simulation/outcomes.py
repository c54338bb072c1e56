"""I3: one outcome for each dose, in time, and as it really was."""

from firmware.simulation.history import OUTCOMES
from firmware.simulation.pouch_truth import chamber_counted
from firmware.simulation.refill_truth import sealed_as_it_was

RELEASE_LATE, LATE_RETURNED = 2, 2
FROM_RTC = 1  # source of ClockSet
NOTICED_MS = 15_000  # as in certainty.py
OUTCOME_S = 60  # window end to outcome, while powered and the clock is trusted


def i3_one_outcome(history):
    """Exactly one outcome for each dose of every plan that came into force, in time, and as it really was."""
    planned, aware_until_s = _planned(history), history.aware_until_s()
    outcomes, found = {}, []
    for event, name, excused in _ends(history):
        dose = planned.get(event.body.dose_id)
        outcomes.setdefault(event.body.dose_id, []).append(name)
        if dose is not None and event.utc_s > dose.closes_s + OUTCOME_S and not excused(dose):
            found.append("%s: outcome %d s after its window" % (_name(dose), event.utc_s - dose.closes_s))
    for dose_id, dose in planned.items():
        told = outcomes.pop(dose_id, [])
        if len(told) > 1 or (not told and dose.closes_s + OUTCOME_S < aware_until_s):
            found.append("%s: outcomes %s" % (_name(dose), told))
    found += ["dose %s has an outcome and is in no plan" % dose_id.hex()[:8] for dose_id in outcomes]
    return (
        found
        + _supplements(history)
        + _not_as_it_was(history)
        + chamber_counted(history)
        + sealed_as_it_was(history)
    )


def _name(dose):
    return "dose %s" % dose.dose_id.hex()[:8]


def _planned(history):
    """dose_id -> the dose, as last in force."""
    planned = {}
    for index, _, _ in history.events("PlanActivated"):
        plan = history.in_force[index]
        for dose in plan.doses if plan is not None else ():
            planned[dose.dose_id] = dose
    return planned


def _ends(history):
    """(event, its name, whether a late outcome of this dose is excused) of every outcome.

    Excused: when the window closed it was off, or this start did not always know the time, or the time was stepped.
    """
    boot = began_s = unsure = None
    for _, event, name in history.events():
        if event.boot != boot:
            boot, began_s, unsure = event.boot, event.utc_s, False
        unsure = unsure or not event.clock or (name == "ClockSet" and event.body.source != FROM_RTC)
        if name in OUTCOMES:
            yield (
                event,
                name,
                lambda dose, sure_since_s=None if unsure else began_s: (
                    sure_since_s is None or sure_since_s > dose.closes_s - 5
                ),
            )


def _supplements(history):
    """One LateRelease for each late intent, one end for each authorisation."""
    intents = [e.body.dose_id for _, e, _ in history.events("ReleaseIntended") if e.body.kind == RELEASE_LATE]
    ends = [event.body.dose_id for _, event, _ in history.events("LateRelease")]
    found = (
        [] if sorted(intents) == sorted(ends) else ["%d late intents, %d ends" % (len(intents), len(ends))]
    )
    begun = [event.body.counter for _, event, _ in history.events("Authorised")]
    ended = [event.body.counter for _, event, _ in history.events("AuthorisationEnded")]
    if len(ended) != len(set(ended)) or not set(ended) <= set(begun):
        found.append("authorisations %s, ended %s" % (begun, ended))
    return found


def _not_as_it_was(history):
    """A dose that a hand took is never told as missed, withheld or returned.

    But for what another hand had turned to the opening a moment before: nobody can have noticed that yet.
    """
    taken, turned_ms = set(), -NOTICED_MS
    for row in history.log:
        turned_ms = row[0] if row[1] == "turned by hand" else turned_ms
        if row[1] == "taken" and row[0] - turned_ms >= NOTICED_MS:
            taken.add(row[3])
    told = {}
    for _, event, name in history.events(*OUTCOMES):
        told.setdefault(event.body.dose_id, name)
    for _, event, _ in history.events("LateRelease"):
        told[event.body.dose_id] = "DoseMissed" if event.body.result == LATE_RETURNED else "DoseTaken"
    return [
        "dose %s was taken and is told as %s" % (dose_id.hex()[:8], told[dose_id])
        for dose_id in taken
        if told.get(dose_id) in ("DoseMissed", "DoseWithheld")
    ]
