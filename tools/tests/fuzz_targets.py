"""What the technician's tools read of foreign bytes: plans that people write, journals and copies of a flash."""

import json
from contextlib import contextmanager
from pathlib import Path

from protocol import cbor
from protocol.tests import samples
from protocol.tests.fuzz import Target
from protocol.tests.mutator import in_bytes, in_cbor, in_json
from tools.exit_codes import INCOMPATIBLE, NOT_VERIFIED, REFUSED, USAGE
from tools.journal.chain import prove
from tools.journal.event_file import read_event_file
from tools.journal.export import as_fields, as_row
from tools.journal.flash_copy import records
from tools.journal.signatures import by_device
from tools.journal.tests.events import healthy, segment
from tools.plan.checking import load
from tools.plan.page import page_of
from tools.refusal import Refusal

CODES = (REFUSED, USAGE, NOT_VERIFIED, INCOMPATIBLE)
RULES = {"language": "nb", "from": "2026-11-30", "days": 3, "quiet": [["22:00", "07:00"]]}
RULES["rules"] = [{"at": "08:00", "pills": 2, "label": "Morgen"}, {"at": "20:00", "late_minutes": 120}]
TOML = (
    b'language = "se"\nfrom = 2026-11-30\ndays = 3\n\n[[rules]]  # first\nat = 08:00:00\npills = 2\n'
    b'label = "i\\u0111\\u0111es"\n'
)
DOSES = b"doses = [\n  {slot = 3, due_s = 1795420800},\n  {slot = 4, due_s = 1795449600, pills = 3},\n]\n"


def _in_file(read):
    """A target's open(): each case lies in a file, as it does for the command; a Refusal is a sentence and a code."""

    @contextmanager
    def opened(folder: Path):
        path = folder / "case"

        def take(data: bytes) -> bool:
            path.write_bytes(data)
            try:
                read(path)
            except Refusal as refusal:
                words = str(refusal)
                assert refusal.code in CODES and words.endswith(".") and "\n" not in words, words
                return False
            return True

        yield take

    return opened


def _plan(path: Path) -> None:
    """What is read can be shown."""
    assert page_of(load(path, 0).plan).cells


def _journal(path: Path) -> None:
    """Whatever lines are read, they can be proved or found wrong, and told."""
    file = read_event_file(path)
    verify = None if file.public_point is None else by_device(file.public_point)
    prove(file.rows, bytes.fromhex(file.device_id), verify)
    for row in file.rows:
        as_row(as_fields(row, True))


def _records(path: Path) -> None:
    data = path.read_bytes()
    found = list(records(data))
    assert sum(10 + len(body) for _, body in found) <= len(data)


def _journal_seed() -> list[bytes]:
    device = healthy(8)
    head = {
        "dosevakt-journal": 1,
        "device": device.device_id.hex(),
        "public_point": device.point.hex(),
        "read_s": 1,
    }
    rows = [{"seq": row.seq, "cose": row.cose.hex()} for row in device.rows] + [{"seq": 9, "lost": True}]
    return ["".join(json.dumps(line) + "\n" for line in [head, *rows]).encode()]


def _signed_plans() -> list[bytes]:
    sealed = [command.encode() for command in (samples.SMALL_PLAN_COMMAND, samples.ROLL_COMMAND)]
    made = [cbor.encode(plan.to_map()) for plan in (samples.PLAN_FULL, samples.PLAN_ROLL)]
    from protocol.tests.fuzz_targets import signed

    return made + signed(sealed)


def tools_targets() -> list[Target]:
    """All of them."""
    plans = {"lines": (400_000, 4_000), "held": (8_000_000, 4_000), "cost": 20}
    return [
        Target("plan-toml", lambda: [TOML, DOSES], (in_bytes,), _in_file(_plan), **plans),
        Target(
            "plan-json", lambda: [json.dumps(RULES).encode()], (in_json, in_bytes), _in_file(_plan), **plans
        ),
        Target("plan-file", _signed_plans, (in_cbor, in_cbor, in_bytes), _in_file(_plan), **plans),
        Target("journal-file", _journal_seed, (in_bytes,), _in_file(_journal), **plans),
        Target("flash-copy", lambda: [segment(healthy(4).rows)], (in_bytes,), _in_file(_records), cost=5),
    ]
