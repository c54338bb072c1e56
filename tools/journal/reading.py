"""Read a device's journal at its service port, page after page."""

from collections.abc import Iterator
from typing import Protocol

from protocol import cbor
from protocol.errors import MessageError
from protocol.service_journal import JournalAsk, JournalPage
from protocol.service_messages import JOURNAL
from tools.exit_codes import INCOMPATIBLE
from tools.journal.event_file import Row
from tools.refusal import Refusal


class Asking(Protocol):
    """What is used of tools.workshop.service.Service."""

    def ask(self, what: int, body: bytes | None = None, limit_s: float = ...) -> bytes | None: ...


def pages(service: Asking, from_seq: int) -> Iterator[JournalPage]:
    """All that the device holds from this event on.  Raises Refusal when it answers something else."""
    seq = from_seq
    while True:
        body = service.ask(JOURNAL, cbor.encode(JournalAsk(seq).to_map()))
        try:
            page = JournalPage.from_map(cbor.decode(body or b""))
        except MessageError as error:
            raise Refusal(
                INCOMPATIBLE, f"The device answers what this version does not understand: {error}."
            ) from error
        if page.rows and page.first_seq < seq:
            raise Refusal(INCOMPATIBLE, "The device answers with events that were not asked for.")
        yield page
        if not page.rows:
            return
        seq = page.first_seq + len(page.rows)


def rows_of(page: JournalPage) -> list[Row]:
    """The page's rows with their numbers."""
    return [Row(page.first_seq + number, cose or None) for number, cose in enumerate(page.rows)]
