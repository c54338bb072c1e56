"""Events from one port into the outbox: judged by number, committed, and only then acknowledged by the caller."""

from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from hub.core.arrival import Arrival
from hub.core.envelope import shape_of
from hub.core.sequence import FORK, GAP, STORE
from hub.edges.ledger import Ledger
from protocol.cose import event_hash
from protocol.errors import WRONG_DEVICE, MessageError
from protocol.urgency import is_urgent


class Intake:
    """Remembers which device was asked to start again, and what we held then (core/sequence.py)."""

    def __init__(self, ledger: Ledger, on_events: Callable[[], None], log: FilteringBoundLogger) -> None:
        self._ledger = ledger
        self._on_events = on_events
        self._log = log
        self._asked_at: dict[bytes, int] = {}

    def arrival(self, cose: bytes, linked_id: bytes) -> Arrival:
        """An event as the outbox takes it.  Raises MessageError if it is none, or not the linked device's own."""
        device_id, seq, kind = shape_of(cose)
        if device_id != linked_id:
            raise MessageError(WRONG_DEVICE, "an event of " + device_id.hex())
        asked_at = self._asked_at.get(device_id)
        return Arrival(device_id, seq, event_hash(cose), cose, asked_at, is_urgent(kind))

    async def store_ahead(self, arrivals: list[Arrival], received_s: int) -> None:
        """Commit events that came before their turn; by themselves, so that a full outbox does not keep them out.

        Raises OutboxWriteError.
        """
        kept = await self._ledger.do(
            lambda outbox: [outbox.store_ahead(arrival, received_s) for arrival in arrivals]
        )
        if any(kept):
            self._on_events()

    async def store(self, arrivals: list[Arrival], received_s: int) -> bool:
        """Commit what came from one device.  False: something is missing, the device must start again.

        Raises OutboxWriteError; then nothing of it is kept and nothing may be acknowledged.
        """
        device_id = arrivals[0].device_id
        verdicts, tip = await self._ledger.do(
            lambda outbox: (outbox.store(arrivals, received_s), outbox.tip(device_id))
        )
        if STORE in verdicts:
            self._asked_at.pop(device_id, None)
        if STORE in verdicts or FORK in verdicts:
            self._on_events()
        if FORK in verdicts:
            why = "A dispenser used a number twice: both events are kept, the centre judges."
            self._log.error("fork", device=device_id.hex(), why=why)
        if GAP not in verdicts:
            return True
        assert tip is not None  # a gap is only seen after something was held
        self._asked_at[device_id] = tip[0]
        why = "An event is missing: the dispenser is asked to start again."
        self._log.warning("gap", device=device_id.hex(), have_seq=tip[0], why=why)
        return False
