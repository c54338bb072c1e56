"""Rolls for the tests, and what the journal says about one."""

from firmware.core.ledger import Ledger
from firmware.core.plan import to_schedule
from firmware.core.tests.bench import START_S, WINDOW_S
from protocol.load_plan import MEDIUM_ROLL, MESSAGE_ONLY, Dose, LoadPlan
from protocol.roll_manifest import RollManifest

EVERY_S = 7200


def name(slot: int) -> bytes:
    return bytes([slot] * 16)


def a_roll(pouches: bytes = b"\1\2\1", without: tuple[int, ...] = (), **changes) -> LoadPlan:
    """A dose for each slot but those in `without`, two hours apart; a slot without pouches is message only.

    changes: plan_id, version, header, read, early_s, flags (of every dose with pouches), number.
    """
    start_s = changes.get("start_s", START_S)
    rows = []
    for slot, count in enumerate(pouches, 1):
        if slot not in without:
            flags = changes.get("flags", 0) if count else MESSAGE_ONLY
            due_s = start_s + EVERY_S * (slot - 1)
            rows.append(
                Dose(name(slot), slot, due_s, changes.get("early_s", 0), WINDOW_S, 2, flags, "Morgen")
            )
    manifest = RollManifest(
        changes.get("number", "4711"),
        bytes(pouches),
        changes.get("header", 0),
        1,
        changes.get("read", False),
        70,
    )
    plan_id, version = changes.get("plan_id", b"r" * 16), changes.get("version", 1)
    return LoadPlan(plan_id, version, MEDIUM_ROLL, rows, [(0, 3600)], None, "nb", (), manifest)


def a_schedule(pouches: bytes = b"\1\2\1", **changes):
    return to_schedule(a_roll(pouches, **changes))


def after(*bodies, ledger: Ledger | None = None, utc_s: int = START_S) -> Ledger:
    """The ledger when these events are in the journal."""
    ledger = ledger or Ledger()
    for body in bodies:
        ledger.check(body)
        ledger.apply(ledger.seq + 1, bytes(16), 1, utc_s, body)
    return ledger
