"""The seven invariants over a history (docs/safety.md).  Each function returns sentences: none when it holds.

Written from the sentences themselves and from what really moved; imports nothing that decides inside the device.
"""

from firmware.simulation.history import OUTCOMES, broken_chain, name_of

RELEASE_EARLY, RELEASE_LATE, RELEASE_ASSISTED = 1, 2, 3
CANCELLED, REPLACED = 6, 7
ASSISTED = 4
OUTCOME_S = 60  # window end to outcome, while powered and the clock is trusted
NOTICED_MS = 15_000  # a leaning or a turned dispenser is noticed by then: the firmware looks every 10 s
LEANING_DEG = 45
DOUBTED_S, CONTRADICTION_S = 600, 60
HEADLINES = {
    ("*Take", "*the cup"): ("DosePresented",),
    ("*Well done",): ("DoseTaken", "LateRelease"),
    ("*Medicine", "*is locked"): ("DoseMissed", "DoseWithheld", "LateRelease"),
}


def audit(history):
    """Every sentence that is broken, with the invariant's name before it."""
    found = ["I%d: %s" % (n, words) for n, check in enumerate(INVARIANTS, 1) for words in check(history)]
    found += ["chain: " + words for words in broken_chain(history)]
    return found + ["crash: %r at %d s" % (error, at_ms // 1000) for at_ms, error in history.crashes]


def i1_one_release(history):
    """At most one intent, and at most one opening by the motor, for each dose."""
    found = _doubled([event.body.dose_id for _, event, _ in history.events("ReleaseIntended")], "intents")
    opened = [row[5] for row in history.log if _opens(row) and row[5] is not None]
    return found + _doubled(opened, "openings")


def _opens(row):
    """Whether this note is a motor that brings a compartment to light."""
    return row[1] == "shutter" and row[2] == "open" and row[3] not in (0, None)


def _doubled(names, what):
    return ["dose %s: %d %s" % (n.hex()[:8], names.count(n), what) for n in set(names) if names.count(n) > 1]


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
    return found


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


def i3_one_outcome(history):
    """Exactly one outcome for each dose of every plan that came into force, in time, and as it really was."""
    outcomes = {}
    for _, event, name in history.events(*OUTCOMES):
        outcomes.setdefault(event.body.dose_id, []).append((event, name))
    found = []
    for dose_id, dose in _planned(history).items():
        told = outcomes.pop(dose_id, [])
        if len(told) > 1 or (not told and dose.closes_s + OUTCOME_S < history.until_s):
            found.append("dose %s: outcomes %s" % (dose_id.hex()[:8], [name for _, name in told]))
        found += [_late(history, dose, event) for event, _ in told if _late(history, dose, event)]
    found += ["dose %s has an outcome and is in no plan" % dose_id.hex()[:8] for dose_id in outcomes]
    return found + _supplements(history) + _not_as_it_was(history)


def _planned(history):
    """dose_id -> the dose, as last in force."""
    planned = {}
    for index, _, _ in history.events("PlanActivated"):
        plan = history.in_force[index]
        for dose in plan.doses if plan is not None else ():
            planned[dose.dose_id] = dose
    return planned


def _late(history, dose, event):
    """Words, if the outcome came too late although the device could tell the time all along."""
    if event.utc_s <= dose.closes_s + OUTCOME_S:
        return None
    same_start = [other for other in history.told if other.boot == event.boot and other.seq <= event.seq]
    if same_start[0].utc_s > dose.closes_s - 5 or not all(other.clock for other in same_start):
        return None  # it was off, or did not know the time
    if [other for other in same_start if name_of(other.body) == "ClockSet" and other.body.source != 1]:
        return None  # the time was stepped over the window
    return "dose %s: outcome %d s after its window" % (dose.dose_id.hex()[:8], event.utc_s - dose.closes_s)


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
    """A dose that a hand took is never told as missed, withheld or returned."""
    taken = {row[3] for row in history.log if row[1] == "taken"}
    told = {}
    for _, event, name in history.events(*OUTCOMES):
        told.setdefault(event.body.dose_id, name)
    for _, event, _ in history.events("LateRelease"):
        told[event.body.dose_id] = "DoseMissed" if event.body.result == 2 else "DoseTaken"
    return [
        "dose %s was taken and is told as %s" % (dose_id.hex()[:8], told[dose_id])
        for dose_id in taken
        if told.get(dose_id) in ("DoseMissed", "DoseWithheld")
    ]


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
    return found


def i5_sure_of_time_and_place(history):
    """No intent while the time is unset or doubted, or the position unproven."""
    journalled = history.journalled()
    found = []
    for _, event, _ in history.events("ReleaseIntended"):
        where = "release in slot %d at %d: " % (event.body.slot, event.utc_s)
        if not event.clock:
            found.append(where + "the clock is not set")
        at = journalled.get(event.seq)
        if at is not None:
            reasons = (_unproven(history.log, at), _doubted(history, at, event))
            found += [where + reason for reason in reasons if reason]
    return found


def _start_of(log, at):
    """The log's rows of this start, up to `at`."""
    begun = max([index for index in range(at) if log[index][1] == "power on"], default=0)
    return log[begun : at + 1]


def _unproven(log, at):
    """Why the position was not proven then, or None.  What happened a moment ago cannot be known yet."""
    at_ms, _, _, position, tilt_deg, _ = log[at]
    if position is None:
        return "the carousel stands between two compartments"
    disturbed = None
    leaning_ms = None
    for row in _start_of(log, at):
        if row[1] == "arrived":
            disturbed = None
        elif row[1] in ("failed", "turned by hand") and (row[1] == "failed" or at_ms - row[0] > NOTICED_MS):
            disturbed = row[1]
        elif row[1] == "tilt":
            if leaning_ms is not None and row[0] - leaning_ms > NOTICED_MS:
                disturbed = "tilted"
            leaning_ms = row[0] if row[2] > LEANING_DEG else None
    if leaning_ms is not None and at_ms - leaning_ms > NOTICED_MS:
        return "it leans by %d degrees" % tilt_deg
    return disturbed and "not proven anew since: " + disturbed


def _doubted(history, at, event):
    """Words, if a hub had contradicted the clock in this start and the centre had not spoken since."""
    for row in _start_of(history.log, at):
        if row[1] == "hub says" and abs(row[2]) > CONTRADICTION_S:
            age_s = (history.log[at][0] - row[0]) / 1000
            if age_s >= DOUBTED_S:
                return None
            settled = [e for _, e, _ in history.events("CommandAccepted") if _sets_clock(e, event)]
            return None if settled else "the hub contradicted the clock %d s ago" % age_s
    return None


def _sets_clock(accepted, event):
    return accepted.body.command_type == 19 and accepted.boot == event.boot and accepted.seq < event.seq


def i6_plan_whole(history):
    """Every plan in force was signed and came whole; every dose event is about a dose of it."""
    found = []
    ordered = {(body.plan_id, body.version) for body in history.orders("ActivatePlan")}
    before = None
    for index, event, name in history.events():
        body, plan = event.body, history.in_force[index]
        if name == "PlanActivated":
            key = (body.plan_id, body.version)
            if plan is None or key not in ordered or body.doses != len(plan.doses):
                found.append(
                    "plan version %d with %d doses was never ordered so" % (body.version, body.doses)
                )
            before = history.in_force[index - 1] if index else None
        elif hasattr(body, "dose_id") and not _belongs(body, plan, before):
            found.append("%s of slot %d is about no dose of the plan" % (name, body.slot))
    return found


def _belongs(body, plan, before):
    """Whether this dose lies there in the plan; the end of a replaced dose belongs to the plan before."""
    replaced = name_of(body) == "DoseWithheld" and body.cause == REPLACED
    for one in (plan, before) if replaced else (plan,):
        if one is not None and (body.dose_id, body.slot) in [(dose.dose_id, dose.slot) for dose in one.doses]:
            return True
    return False


def i7_journal_first(history):
    """Every release, refusal and outcome is in the journal before anything moves or is shown."""
    by_seq = {event.seq: event for event in history.told}
    phases, last, found = {}, None, []
    for row in history.log:
        word = row[1]
        if word == "journalled":
            for seq in (row[2] - 1, row[2]):
                body = by_seq[seq].body if seq in by_seq else None
                if hasattr(body, "slot"):
                    phases[body.slot], last = name_of(body), name_of(body)
        elif word == "turn" and row[2] and phases.get(row[2]) != "ReleaseIntended":
            found.append("turned to slot %d at %d ms without an intent" % (row[2], row[0]))
        elif _opens(row) and phases.get(row[3]) != "ReleaseIntended":
            found.append("opened slot %d at %d ms without an intent" % (row[3], row[0]))
        elif word == "shows":
            found += _shown_too_early(row, last)
    return found


def _shown_too_early(row, last):
    for headline, needed in HEADLINES.items():
        if row[2][: len(headline)] == headline and last not in needed:
            yield "%s was shown at %d ms after %s" % (" ".join(headline), row[0], last)


INVARIANTS = (
    i1_one_release,
    i2_in_window_or_authorised,
    i3_one_outcome,
    i4_missed_stays_missed,
    i5_sure_of_time_and_place,
    i6_plan_whole,
    i7_journal_first,
)
