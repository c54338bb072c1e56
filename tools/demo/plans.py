"""The plans that the demo writes, in the form that staff write them (centre/core/plan_maker.py)."""

from typing import Any

from protocol.pouch_label import label_of

Plan = dict[str, Any]
PITCH_MM = 70  # from perforation to perforation


def plan(
    first_due_s: int, count: int, every_s: int, window_s: int, language: str, **each: bool | int
) -> Plan:
    """Return a tray plan with `count` doses, the first due at `first_due_s` (UTC seconds since 1970).

    each: what else staff write with every dose (late_minutes, assisted ...).
    """
    doses = [
        {
            "slot": number + 1,
            "due_s": first_due_s + number * every_s,
            "window_s": window_s,
            "pills": 2,
            "label": f"Dose {number + 1}",
            **each,
        }
        for number in range(count)
    ]
    return {"language": language, "medium": "tray", "doses": doses}


def tablets(written: Plan) -> dict[int, int]:
    """Return what a person who fills the tray by this plan puts into each slot."""
    return {dose["slot"]: dose["pills"] for dose in written["doses"]}


def on_roll(written: Plan, number: str, pouches: list[int], header: int = 1) -> Plan:
    """Return the plan for a roll of this number: its n-th dose lies in pouches[n] pouches, two tablets in each.

    header: empty pouches in front of the first dose, which go to the chamber when the roll is tried.
    """
    doses = [
        {**dose, "pouches": count, "pills": 2 * count}
        for dose, count in zip(written["doses"], pouches, strict=True)
    ]
    roll = {"number": number, "header": header, "trailer": 1, "read": True, "pitch_mm": PITCH_MM}
    return {**written, "medium": "roll", "roll": roll, "doses": doses}


def pouches(written: Plan) -> list[dict[str, Any]]:
    """Return what the pharmacy makes of such a plan, as the bench takes it: from the first pouch to the last."""
    roll = written["roll"]
    count = sum(dose["pouches"] for dose in written["doses"])
    empty = {"label": "", "mm": PITCH_MM, "pills": 0}
    filled = [{"label": label_of(roll["number"], n), "mm": PITCH_MM, "pills": 2} for n in range(1, count + 1)]
    return (
        [dict(empty) for _ in range(roll["header"])] + filled + [dict(empty) for _ in range(roll["trailer"])]
    )
