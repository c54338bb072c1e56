"""What may go into a bundle: named fields with numbers, and words out of short lists.  Everything else stays.  Pure."""

import re
from collections.abc import Mapping
from typing import Any

from protocol.record import Record
from tools.diagnose.facts import DeviceFacts

_VERSION = re.compile(r"\d{1,4}(\.\d{1,4}){1,3}(\+\d{1,6})?")
_STATES = ("linked", "open", "closed", "unplugged")  # of a port: hub/status.py
# Keys of `dosevakt-hub status --json` whose numbers are counts, times or gauges (docs/operations.md, hub/status.py).
_COUNTS = frozenset(
    "utc_s trusted up taken_over refused_from_centre certificate_days_left waiting oldest_waits_s openings linked lost "
    "last_seq receipted_seq urgent_waiting provisioned bad_frames frames_in frames_out resends silences srtt_ms "
    "resend_ms window peer_room".split()
)
_GROUPS = ("clock", "path", "outbox")
_LISTS = ("ports", "devices")
_IDS = ("device_id", "copy_of", "port")
_ENDS = re.compile(rb"[\0\r\n]+")  # of a line, or of a frame: what is left of frames is not printable
# Lines of a console that hold no word of anybody: MicroPython's own and a trace of our code.
_LINES = (
    re.compile(r"Traceback \(most recent call last\):"),
    re.compile(r'  File "(?:firmware|protocol|loader)/[\w/]+\.py", line \d+(?:, in [\w<>]+)?'),
    re.compile(r"MPY: soft reboot"),
    re.compile(r"MicroPython v\d+\.\d+\.\d+\S{0,20} on \d{4}-\d\d-\d\d"),
)
_ERROR = re.compile(r"([A-Z]\w{2,30}(?:Error|Exception|Fault|Exit|Interrupt|Centre))\b.*")


def version(text: object) -> str:
    """A version number; any other text is not passed on."""
    return str(text) if isinstance(text, str) and _VERSION.fullmatch(text) else "not a number"


def numbers_of(record: Record | None) -> dict[str, Any] | None:
    """The numbers of a record of the device; its texts and byte strings are left out."""
    if record is None:
        return None
    values = {name: getattr(record, name) for _, name in record.FIELDS}
    return {name: value for name, value in values.items() if isinstance(value, int)}


def of_device(device: DeviceFacts) -> dict[str, Any]:
    """What the device said of itself."""
    parts = ("time", "power", "flash", "events", "plan", "firmware")
    found: dict[str, Any] = {part: numbers_of(getattr(device, part)) for part in parts}
    found["alarms"] = [code for code, _ in device.events.alarms] if device.events else None
    found["chain"] = vars(device.chain) if device.chain else None
    found["tests"] = {part: tested.verdict for part, tested in device.tests.items()}
    if device.hello:
        found["hello"] = numbers_of(device.hello)
        found["version"] = version(device.hello.version)
    return found


def of_hub(status: Mapping[str, Any] | None, pseudonym: Any) -> dict[str, Any] | None:
    """What the hub said.  pseudonym: (kind, value) -> text."""
    if status is None:
        return None
    found: dict[str, Any] = {"version": version(status.get("version")), **_counts(status)}
    for name in _GROUPS:
        found[name] = _counts(status.get(name))
    for name in _LISTS:
        rows = status.get(name)
        found[name] = [_row(row, pseudonym) for row in rows] if isinstance(rows, list) else None
    outbox = status.get("outbox")
    found["outbox_fault"] = bool(isinstance(outbox, Mapping) and outbox.get("fault"))
    return found


def _row(row: object, pseudonym: Any) -> dict[str, Any]:
    found = _counts(row)
    if isinstance(row, Mapping):
        found.update({key: pseudonym(key, row[key]) for key in _IDS if row.get(key)})
        if row.get("state") in _STATES:
            found["state"] = row["state"]
    return found


def _counts(group: object) -> dict[str, Any]:
    if not isinstance(group, Mapping):
        return {}
    return {key: group[key] for key in sorted(_COUNTS & group.keys()) if _is_number(group[key])}


def _is_number(value: object) -> bool:
    return value is None or isinstance(value, bool) or (isinstance(value, int) and abs(value) < 1 << 40)


def of_console(console: bytes) -> str:
    """The last lines that the device printed: traces without their words; of others only how long they were."""
    lines = [line.decode("utf-8", "replace") for line in _ENDS.split(console)]
    return "\n".join(_line(line) for line in lines if line and line.isprintable()) + "\n"


def _line(line: str) -> str:
    if any(form.fullmatch(line) for form in _LINES):
        return line
    error = _ERROR.fullmatch(line)
    return f"{error.group(1)}: (left out)" if error else f"({len(line)} characters left out)"
