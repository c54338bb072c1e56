"""Read a device's journal into a file, from where the file ends."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from protocol.cose import device_id_of
from tools.journal.event_writer import EventWriter, known_rows
from tools.journal.reading import Asking, pages, rows_of

if TYPE_CHECKING:
    from tools.manners.talk import Talk


@dataclass
class Kept:
    """What the file holds now.  new: rows that this run has added; lost: those the device has lost."""

    first_seq: int = 0
    last_seq: int = 0
    new: int = 0
    lost: int = 0
    receipted: int = 0


def keep(talk: "Talk", service: Asking, target: Path, public_point: bytes, now_s: int) -> Kept:
    """Append what the device holds beyond the file.  Raises Refusal; what was written until then stays and is good."""
    device_id = device_id_of(public_point).hex()
    known = known_rows(target, device_id)
    kept = Kept(known[0].seq if known else 0, known[-1].seq if known else 0)
    writer = EventWriter(target, device_id, public_point, now_s)
    try:
        for page in pages(service, kept.last_seq + 1):
            kept.receipted = page.receipted
            for row in rows_of(page):
                writer.add(row)
                kept.first_seq, kept.last_seq = kept.first_seq or row.seq, row.seq
                kept.new += 1
                kept.lost += row.cose is None
            talk.progress("journal", kept.last_seq, page.last_seq)
    finally:
        writer.close()
    return kept
