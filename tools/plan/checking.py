"""From a file to a load plan by the centre's own rules; every refusal says file, line, dose and slot."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from centre.core.plan_fields import Fields, PlanError
from centre.core.plan_maker import DOSE_FIELDS, Ids, make_plan
from centre.core.plan_rules import dues_of_rules
from protocol import cbor
from protocol.commands import StoreLoadPlan, decode_command
from protocol.cose import parse_sign1
from protocol.errors import DispenserError, MessageError
from protocol.load_plan import LoadPlan
from tools.exit_codes import INCOMPATIBLE, REFUSED
from tools.identity_number import holds_identity_number
from tools.plan.places import line_of
from tools.plan.source import Written, read_bytes, read_written
from tools.refusal import Refusal

SLOT = re.compile(r"(?:compartment|slot|dose) (\d+)", re.IGNORECASE)
SIGN1 = b"\xd2"  # how a signed plan begins (protocol/cose.py); a made one begins with a CBOR map


@dataclass(frozen=True)
class Loaded:
    """A plan, and the written form it came from; written is None for one that was made before."""

    plan: LoadPlan
    written: Written | None


def load(path: Path, now_s: int, version: int = 1) -> Loaded:
    """The plan in a file: as written (TOML, JSON), as made, or as signed (whose signature is not judged here).

    now_s: UTC s since 1970; a written dose before it is refused.  version: given to a written plan.  Raises Refusal.
    """
    data = read_bytes(path)
    if data[:1] == SIGN1:
        return Loaded(_signed(path, data), None)
    if data and data[0] >> 5 == 5:  # CBOR's major type of a map; no text in UTF-8 begins so
        return Loaded(_made(path, data), None)
    written = read_written(path, data)
    return Loaded(make(written, now_s, version), written)


def make(written: Written, now_s: int, version: int = 1) -> LoadPlan:
    """The plan of a written form, with fresh names.  Raises Refusal."""
    ids = Ids(os.urandom(16), version, lambda slot, due_s: os.urandom(16))
    try:
        plan = make_plan(written.fields, ids, now_s)
    except PlanError as error:
        raise _refusal(written, str(error)) from error
    for dose in plan.doses:
        if holds_identity_number(dose.label):
            at = written.text.find(dose.label)
            line = written.text.count("\n", 0, at) + 1 if at >= 0 else None
            words = "its label looks like a national identity number; write what it is for, not whose"
            raise Refusal(REFUSED, f"{_where(written, line)}: Slot {dose.slot}: {words}.")
    return plan


def _refusal(written: Written, sentence: str) -> Refusal:
    named = SLOT.search(sentence)
    line = line_of(written.text, sentence)
    if line is None and named:
        line = line_of(written.text, _place_of(written.fields, int(named[1])) or "")
    return Refusal(REFUSED, f"{_where(written, line)}: {sentence}")


def _place_of(fields: dict[str, Any], slot: int) -> str | None:
    """What the file calls the dose of this slot, like "rule 2"."""
    if "doses" in fields:
        rows = [Fields(row, f"dose {number}") for number, row in enumerate(fields["doses"], 1)]
        return next((row.place for row in rows if row.number("slot") == slot), None)
    zone = ZoneInfo(fields.get("timezone", "Europe/Oslo"))  # the maker has read it before it named a slot
    dues = dues_of_rules(Fields(fields, "the plan"), zone, DOSE_FIELDS)
    return next((due.fields.place for due in dues if due.slot == slot), None)


def _where(written: Written, line: int | None) -> str:
    return f"{written.path}:{line}" if line else str(written.path)


def _made(path: Path, data: bytes) -> LoadPlan:
    try:
        return LoadPlan.from_map(cbor.decode(data))
    except MessageError as error:
        raise Refusal(REFUSED, f"{path} is no plan that a dispenser takes: {error}.") from error


def _signed(path: Path, data: bytes) -> LoadPlan:
    try:
        body = decode_command(parse_sign1(data).payload).body
    except DispenserError as error:
        raise Refusal(
            INCOMPATIBLE, f"{path} is no signed command that this version knows: {error}."
        ) from error
    if not isinstance(body, StoreLoadPlan):
        raise Refusal(
            INCOMPATIBLE, f"{path} is a signed command, but it carries no plan ({type(body).__name__})."
        )
    return body.plan
