"""Many devices in one go: whichever of the list is on a cable is done, and the report says what became of each.

A row that cannot be used, or a device that says no, is named with its line and loses nothing; the others go on.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.exit_codes import NO_AUTHORITY, NO_DEVICE, REFUSED
from tools.manners.talk import Talk
from tools.provisioning import label as labels
from tools.provisioning.batch_file import (
    DONE,
    FAILED,
    WAITING,
    Result,
    Row,
    read_batch,
    read_report,
    write_report,
)
from tools.provisioning.enrolling import Asked, Owned
from tools.refusal import Refusal
from tools.workshop.ports import DEVICE, Candidate, candidates

LOOK_S = 0.2
Enrol = Callable[[Candidate, str, str], tuple[Asked, Owned]]  # device, hub, label


@dataclass
class Batch:
    """One run over the list.  `left`: rows that are still to be done."""

    path: Path
    report: Path
    talk: Talk

    def __post_init__(self) -> None:
        self._rows = read_batch(self.path)
        before = read_report(self.report)
        self._results = {row.line: _start(row, before.get(row.key)) for row in self._rows}
        self._skipped = sum(one.result == DONE for one in self._results.values())

    @property
    def left(self) -> list[Row]:
        return [row for row in self._rows if self._results[row.line].result == WAITING]

    def run(self, enrol: Enrol, wait_s: float, folder: Path | None) -> None:
        """Do every row whose device comes within wait_s of the one before.  Raises Refusal when one was not done."""
        for row in self._rows:
            if row.fault:
                self.talk.warn(f"{self.path}, line {row.line}: {row.fault}.")
        if self._skipped:
            self.talk.say(f"{self._skipped} of {len(self._rows)} are done already by {self.report}.")
        self._write()
        try:
            while self.left:
                row, found = self._next(wait_s)
                if found is None:
                    break
                self._one(row, found, enrol, folder)
        finally:
            self._write()
        self._end()

    def _next(self, wait_s: float) -> tuple[Row, Candidate | None]:
        """The next row whose device is on a cable; None when none comes in time."""
        end, told = time.monotonic() + wait_s, False
        while True:
            here = {one.serial_number.lower(): one for one in candidates() if one.kind == DEVICE}
            for row in self.left:
                if row.serial.lower() in here:
                    return row, here[row.serial.lower()]
            if time.monotonic() >= end:
                return self.left[0], None
            if not told:
                first = self.left[0]
                self.talk.say(
                    f"Plug in the next one: {first.serial} ({first.label}); {len(self.left)} to do."
                )
                told = True
            time.sleep(LOOK_S)

    def _one(self, row: Row, found: Candidate, enrol: Enrol, folder: Path | None) -> None:
        """One device.  Its no is kept and told; a centre that is gone ends the run."""
        try:
            asked, owned = enrol(found, row.hub, row.label)
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
                labels.save(folder / f"{row.serial}.svg", asked.device_id, asked.word, asked.model)
        except Refusal as refusal:
            if refusal.code == NO_AUTHORITY:
                raise
            self._results[row.line] = Result(row, FAILED, sentence=str(refusal))
            self.talk.warn(f"{self.path}, line {row.line}: {refusal}")
        else:
            certificate = owned.certificate.serial.hex()
            names = (asked.device_id, asked.word, certificate, owned.until)
            self._results[row.line] = Result(row, DONE, *names)
            self.talk.note(
                "enrolled", device_id=asked.device_id, serial_number=row.serial, certificate=certificate
            )
            self.talk.say(f"{row.serial}: device {asked.device_id} ({asked.word}) at {row.label}.")
        self._write()
        self.talk.progress("provision", len(self._rows) - len(self.left), len(self._rows))

    def _write(self) -> None:
        write_report(self.report, [self._results[row.line] for row in self._rows])

    def _end(self) -> None:
        by = {
            name: [one for one in self._results.values() if one.result == name]
            for name in (DONE, FAILED, WAITING)
        }
        counts = {name: len(found) for name, found in by.items()}
        if by[FAILED]:
            lines = ", ".join(str(one.row.line) for one in by[FAILED])
            rest = f"{counts[DONE]} are done, {counts[WAITING]} were not connected"
            raise Refusal(REFUSED, f"{counts[FAILED]} failed (lines {lines}); {rest}. See {self.report}")
        if by[WAITING]:
            names = ", ".join(one.row.serial for one in by[WAITING])
            raise Refusal(
                NO_DEVICE, f"{counts[DONE]} are done; not connected: {names}. Run the same command again."
            )
        self.talk.result(
            f"{counts[DONE]} devices are provisioned ({self._skipped} of them before); see {self.report}.",
            done=counts[DONE],
            skipped=self._skipped,
            report=str(self.report),
        )


def _start(row: Row, before: Result | None) -> Result:
    """What is known of a row before anything is done."""
    if row.fault:
        return Result(row, FAILED, sentence=row.fault)
    if before is None:
        return Result(row, WAITING)
    return Result(row, DONE, before.device_id, before.word, before.certificate, before.until)
