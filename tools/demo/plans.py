"""The plans that the demo writes, in the form that staff write them (centre/core/plan_maker.py)."""

from typing import Any

Plan = dict[str, Any]


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
