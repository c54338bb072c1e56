"""What goes up on one connection: fresh events, urgent ones before a backlog, and again what got no receipt.

While the centre is known to be silent only urgent events and a probe every 30 s go up: what a broker keeps for a
centre that is away is bounded, and when it returns alarms come first, not days of what is no longer urgent.
"""

from dataclasses import dataclass

from hub.core.batches import MAX_EVENTS, first_batch
from hub.core.centre_watch import CentreWatch
from hub.core.lap import Lap
from hub.core.resend import LAST_ROUND_MS, Resend
from hub.edges.ledger import Ledger
from hub.edges.mqtt_session import MAX_IN_FLIGHT, MqttSession
from hub.edges.outbox import Outbox
from hub.edges.system_clock import SystemClock
from protocol.path_messages import Events, encode_path_message

# A message that could hold more is followed by the next one at the earliest after this: in a flood each then carries
# some 150 events, and there are six times fewer to encrypt, receipt, verify and pass on (decision 0029).
_GATHER_MS = 10
# A question to a centre that may be there: any event that it knows is answered.  Some 5 KB every 30 s are 14 MB a day.
PROBE_EVENTS = 16


@dataclass(frozen=True)
class Batch:
    """Events for one message.  newest_id: of their rows.  more: the outbox may hold more for this lap."""

    coses: list[bytes]
    newest_id: int
    ahead: bool
    more: bool


class Sending:
    """One connection's sending.  `topic`: where events go."""

    def __init__(
        self, session: MqttSession, topic: str, ledger: Ledger, watch: CentreWatch, clock: SystemClock
    ) -> None:
        self._session = session
        self._topic = topic
        self._ledger = ledger
        self._watch = watch
        self._clock = clock
        self._probe = Lap()
        self._gather_until_ms = 0
        self.begin_again()

    def begin_again(self) -> None:
        """All that waits goes up, as after a connect: nothing of what was sent before is counted on."""
        self._lap = Lap()
        self._resend = Resend(self._now_ms())
        self.fresh = True  # the outbox may hold what has not been sent on this connection

    def receipt(self) -> None:
        self._resend.receipt(self._now_ms())

    def hole(self, row_id: int) -> None:
        self._resend.hole(row_id, self._now_ms())

    async def turn(self) -> None:
        """Send until nothing is due, or the broker has enough to acknowledge."""
        while self._session.in_flight < MAX_IN_FLIGHT and not self._session.lost.done():
            if self.fresh:
                if self._now_ms() < self._gather_until_ms:
                    return
                self.fresh = False  # it may become true again while the outbox is read
                more = await (self._send_urgent() if self._watch.silent else self._send_fresh())
                self.fresh = self.fresh or more
            elif not await (self._send_probe() if self._watch.silent else self._send_again()):
                return

    async def look_at_centre(self) -> None:
        """Is an answer overdue?"""
        due_ms = self._watch.due_ms()
        if due_ms is not None and self._now_ms() >= due_ms:
            sent_to = self._lap.row
            owes_answer = await self._ledger.read(lambda outbox: outbox.has_row_of_known_sender(sent_to))
            self._watch.judge(owes_answer, self._now_ms())

    def next_due_ms(self) -> int:
        """When turn() or look_at_centre() has something to do, if nothing happens before."""
        due_ms = self._watch.due_ms()
        next_ms = self._resend.next_round_ms()
        if self._session.in_flight >= MAX_IN_FLIGHT:  # room, or the connection's end, wakes us
            next_ms = max(next_ms, self._now_ms() + LAST_ROUND_MS)
        elif self.fresh:
            next_ms = min(next_ms, self._gather_until_ms)
        return next_ms if due_ms is None else min(due_ms, next_ms)

    # ---- inside; each returns whether there may be more of its kind

    async def _send_fresh(self) -> bool:
        lap = self._lap
        batch = await self._ledger.read(lambda outbox: next_batch(outbox, lap))
        self._publish(batch, lap)
        if batch.coses and not batch.more:
            self._gather_until_ms = self._now_ms() + _GATHER_MS
        if not batch.ahead:  # at its end the lap has also passed the urgent rows that went before their turn
            self._resend.sent(lap.row if batch.more else lap.urgent_after, self._now_ms())
        return batch.more

    async def _send_urgent(self) -> bool:
        lap = self._lap
        batch = await self._ledger.read(lambda outbox: _urgent_batch(outbox, lap))
        self._publish(batch, lap)
        return batch.more

    async def _send_again(self) -> bool:
        lap = self._resend.again(self._now_ms())
        if lap is None:
            return False
        batch = await self._ledger.read(lambda outbox: next_batch(outbox, lap))
        self._publish(batch, lap)
        self._resend.resent(found=batch.more)
        return True

    async def _send_probe(self) -> bool:
        """Each time the next few rows of senders that it knows, round and round: to each of them it has an answer."""
        if not self._resend.probe_due(self._now_ms()):
            return False
        lap = self._probe
        batch = await self._ledger.read(lambda outbox: _probe_batch(outbox, lap))
        self._publish(batch, lap)
        if not batch.more:
            self._probe = Lap()
        return False

    def _publish(self, batch: Batch, lap: Lap) -> None:
        if batch.coses:
            lap.went(batch.newest_id, batch.ahead)
            self._session.publish(self._topic, encode_path_message(Events(batch.coses)))
            self._watch.sent(self._now_ms())

    def _now_ms(self) -> int:
        return self._clock.real_monotonic_ms()


def next_batch(outbox: Outbox, lap: Lap) -> Batch:
    """All that is left when one message holds it; else urgent rows alone, oldest first, and then all in order."""
    batch = _in_order(outbox, lap)
    if not batch.more:
        return batch
    urgent = _urgent_batch(outbox, lap)
    return urgent if urgent.coses else batch


def _in_order(outbox: Outbox, lap: Lap) -> Batch:
    return _batch(outbox.rows(lap.row, lap.up_to, MAX_EVENTS, lap.urgent), MAX_EVENTS, ahead=False)


def _probe_batch(outbox: Outbox, lap: Lap) -> Batch:
    rows = outbox.rows_of_known_senders(lap.row, PROBE_EVENTS)
    return _batch(rows, PROBE_EVENTS, ahead=False)


def _urgent_batch(outbox: Outbox, lap: Lap) -> Batch:
    return _batch(outbox.urgent_rows(lap.urgent_after, lap.up_to, MAX_EVENTS), MAX_EVENTS, ahead=True)


def _batch(rows: list[tuple[int, bytes]], limit: int, ahead: bool) -> Batch:
    coses = [cose for _, cose in rows]
    count = first_batch(coses)
    more = count < len(rows) or len(rows) == limit
    return Batch(coses[:count], rows[count - 1][0] if count else 0, ahead, more or ahead and count > 0)
