"""The list of many devices, and the report of what became of each.  Pure but for reading and writing the two files."""

import csv
import io
import os
from dataclasses import dataclass, replace
from pathlib import Path

from tools.exit_codes import USAGE
from tools.manners.named_file import read_named
from tools.provisioning.place import fault_of
from tools.refusal import Refusal

COLUMNS = ("serial", "hub", "label")
REPORT = ("line", *COLUMNS, "result", "device_id", "word", "certificate", "until", "sentence")
DONE, FAILED, WAITING = "done", "failed", "waiting"
MOST_BYTES = 1 << 20  # some 10,000 devices: more is another kind of file


@dataclass(frozen=True)
class Row:
    """One device and where it will stand.  line: in the file, as an editor counts; fault: why it cannot be used."""

    line: int
    serial: str
    hub: str
    label: str
    fault: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes it the same row in the next run, on whatever line it stands then."""
        return self.serial.lower(), self.hub, self.label


@dataclass(frozen=True)
class Result:
    """What became of a row."""

    row: Row
    result: str
    device_id: str = ""
    word: str = ""
    certificate: str = ""
    until: str = ""
    sentence: str = ""


def read_batch(path: Path) -> list[Row]:
    """Every row, also those that cannot be used.  Commas or semicolons, as spreadsheets write them.

    Raises Refusal when the file cannot be read or its first line does not name the columns.
    """
    table = _cells(path)
    names = [name.strip().lower() for name in (table[0][1] if table else [])]
    if sorted(names) != sorted(COLUMNS):
        found = ", ".join(names) or "nothing"
        raise Refusal(USAGE, f"{path}, line 1: the columns must be serial, hub, label; found: {found}.")
    rows: list[Row] = []
    for line, cells in table[1:]:
        if any(cell.strip() for cell in cells):
            rows.append(_row(line, names, cells, rows))
    if not rows:
        raise Refusal(USAGE, f"{path} names no device; write one a line below the columns.")
    return rows


def read_report(path: Path) -> dict[tuple[str, str, str], Result]:
    """What was done in an earlier run, by row; empty when there is no report.  Raises Refusal."""
    if not path.exists():
        return {}
    table = _cells(path)
    if not table or tuple(table[0][1]) != REPORT:
        raise Refusal(USAGE, f"{path} is no report of dosevakt provision; name another one with --report.")
    found = {}
    for _, cells in table[1:]:
        fields = dict(zip(REPORT, cells, strict=False))
        row = Row(0, *(fields.get(name, "") for name in COLUMNS))
        if fields.get("result") == DONE:
            more = {name: fields.get(name, "") for name in REPORT[5:]}
            found[row.key] = Result(row, DONE, **more)
    return found


def write_report(path: Path, results: list[Result]) -> None:
    """Put the report in the old one's place as a whole: an interrupted run loses none of it.  Raises Refusal."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(REPORT)
    for one in results:
        row = one.row
        cells = (row.line, row.serial, row.hub, row.label, one.result)
        writer.writerow((*cells, *(getattr(one, name) for name in REPORT[5:])))
    beside = path.with_name(path.name + ".new")
    try:
        beside.write_text(text.getvalue(), encoding="utf-8")
        os.replace(beside, path)
    except OSError as error:
        raise Refusal(USAGE, f"The report {path} cannot be written: {error.strerror}.") from error


def _row(line: int, names: list[str], cells: list[str], before: list[Row]) -> Row:
    if len(cells) != len(names):
        return Row(line, "", "", "", f"it has {len(cells)} fields, not {len(names)}")
    fields = {name: cell.strip() for name, cell in zip(names, cells, strict=True)}
    row = Row(line, fields["serial"], fields["hub"].lower(), fields["label"])
    return replace(row, fault=_fault(row, before))


def _fault(row: Row, before: list[Row]) -> str:
    if not row.serial:
        return "the serial number is missing"
    for other in before:
        if other.serial.lower() == row.serial.lower():
            return f"the serial number {row.serial} stands on line {other.line} already"
    return fault_of(row.hub, row.label)


def _cells(path: Path) -> list[tuple[int, list[str]]]:
    """(line, cells) of every row of a CSV file.  Raises Refusal."""
    data = read_named(path, MOST_BYTES)
    if len(data) > MOST_BYTES:
        raise Refusal(USAGE, f"{path} is too large for a list of devices: at most {MOST_BYTES} bytes.")
    try:
        text = data.decode("utf-8-sig")
        first = text.split("\n", 1)[0]
        delimiter = ";" if first.count(";") > first.count(",") else ","
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        return [(reader.line_num, cells) for cells in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Refusal(USAGE, f"{path} is no CSV file in UTF-8: {error}.") from error
