"""I6 and I7: a plan is whole; the journal comes first."""

from firmware.simulation.history import OUTCOMES, name_of
from firmware.simulation.pouch_truth import moved_with_a_word
from firmware.simulation.refill_truth import sealed
from firmware.simulation.releases import REPLACED, opens

STEPS = ("ReleaseIntended", "DosePresented", "LateRelease", *OUTCOMES)
REFILL_ENDS = ("RefillSealed", "RefillAborted")  # until then compartments turn behind the closed shutter
NOT_NOW = ("Not yet",)
REFUSAL_MS = 620_000  # a refusal within ten minutes of the same one is only shown again, for ten seconds
HEADLINES = {
    ("*Take", "*the cup"): ("DosePresented",),
    ("*Well done",): ("DoseTaken", "LateRelease"),
    ("*Medicine", "*is locked"): ("DoseMissed", "DoseWithheld", "LateRelease"),
}


def i6_plan_whole(history):
    """Every plan in force was signed and came whole; every dose event is about a dose of it."""
    found, seals = [], sealed(history)
    ordered = {(body.plan_id, body.version) for body in history.orders("ActivatePlan")}
    before = None
    for index, event, name in history.events():
        body, plan = event.body, history.in_force[index]
        if name == "PlanActivated":
            key = (body.plan_id, body.version)
            if plan is None or (key not in ordered and seals[index] != key) or body.doses != len(plan.doses):
                found.append(
                    "plan version %d with %d doses was never ordered so" % (body.version, body.doses)
                )
            before = history.in_force[index - 1] if index else None
        elif hasattr(body, "dose_id") and not _belongs(history, body, plan, before):
            found.append("%s of slot %d is about no dose of the plan" % (name, body.slot))
    return found


def _belongs(history, body, plan, before):
    """Whether this dose lies there in the plan; the end of a replaced dose belongs to the plan before."""
    replaced = name_of(body) == "DoseWithheld" and body.cause == REPLACED
    plans = (plan, before) if replaced else (plan,)
    return any(one is not None and history.slot_in(one, body.dose_id) == body.slot for one in plans)


def i7_journal_first(history):
    """Every release, refusal and outcome is in the journal before anything moves or is shown."""
    phases, last, found, refused_ms, filling = {}, None, [], None, False
    for row, events in history.steps():
        word = row[1]
        for event in events:
            name = name_of(event.body)
            if name in STEPS:
                phases[event.body.slot], last = name, name
            refused_ms = row[0] if name == "PressRefused" else refused_ms
            filling = name == "RefillStarted" or (filling and name not in REFILL_ENDS)
        if word == "turn" and row[2] and phases.get(row[2]) != "ReleaseIntended" and not filling:
            found.append("turned to slot %d at %d ms without an intent" % (row[2], row[0]))
        elif opens(row) and phases.get(row[3]) != "ReleaseIntended":
            found.append("opened slot %d at %d ms without an intent" % (row[3], row[0]))
        elif word == "shows":
            found += _shown_too_early(row, last)
            if row[2][:1] == NOT_NOW and (refused_ms is None or row[0] - refused_ms > REFUSAL_MS):
                found.append("a press was refused at %d ms and not journalled" % row[0])
    return found + moved_with_a_word(history)


def _shown_too_early(row, last):
    for headline, needed in HEADLINES.items():
        if row[2][: len(headline)] == headline and last not in needed:
            yield "%s was shown at %d ms after %s" % (" ".join(headline), row[0], last)
