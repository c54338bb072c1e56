"""What is still inside a device that came back, in words.  Pure."""

from protocol.service_return import LEFT, LOCKED, UNSURE, Counts

STATES = {LEFT: "not given", LOCKED: "locked", UNSURE: "unsure"}


def in_words(counts: Counts) -> list[str]:
    """Sentences for a technician: what to take out, and what nobody knows."""
    place = "compartments" if counts.medium == 1 else "places of the roll"
    said = []
    for state, words in (
        (LEFT, "hold doses that were not given"),
        (LOCKED, "hold doses that were missed or withheld, and are locked in"),
        (UNSURE, "may hold a dose: nobody knows, so look"),
    ):
        rows = [row for row in counts.rows if row[2] == state]
        if rows:
            numbers = ", ".join(str(slot) for slot, _, _ in rows)
            said.append(f"{len(rows)} {place} {words}: {numbers}{_pills(rows)}.")
    if counts.chamber:
        said.append(f"The chamber holds {counts.chamber} pouches.")
    if not counts.known:
        said.append(
            "Its plan or its history is in doubt: look into every compartment and into the roll's room."
        )
    return said or ["By its journal nothing is left inside; look all the same."]


def facts(counts: Counts) -> dict[str, object]:
    """The same for a script."""
    rows = [
        {"slot": slot, "pills": pills or None, "state": STATES[state]} for slot, pills, state in counts.rows
    ]
    return {
        "medium": "tray" if counts.medium == 1 else "roll",
        "known": counts.known,
        "slots": rows,
        "not_given": sum(row[2] == LEFT for row in counts.rows),
        "locked": sum(row[2] == LOCKED for row in counts.rows),
        "unsure": sum(row[2] == UNSURE for row in counts.rows),
        "pills": sum(row[1] for row in counts.rows),
        "chamber": counts.chamber,
    }


def holds_any(counts: Counts) -> bool:
    """Medicine may lie inside."""
    return bool(counts.rows or counts.chamber) or not counts.known


def _pills(rows: list[tuple[int, int, int]]) -> str:
    pills = sum(row[1] for row in rows)
    return f" ({pills} tablets)" if pills and all(row[1] for row in rows) else ""
