"""The way to the centre: connect, tell who is here, send what waits, take what comes, begin again when it breaks.

Fresh events go up as they are committed; everything unreceipted goes again on each connect and every 30 s
(core/resend.py).  The broker's acknowledgement only limits how much is under way; it deletes nothing.
Of two brokers the first is preferred (core/broker_choice.py).
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from structlog.typing import FilteringBoundLogger

from hub import VERSION
from hub.core.backoff import delay_ms
from hub.core.batches import MAX_EVENTS, first_batch
from hub.core.broker_choice import BrokerChoice
from hub.core.path_faults import PathFault, sentence
from hub.core.resend import Resend
from hub.edges.ledger import Ledger, OutboxWriteError
from hub.edges.mqtt_session import CONNECT_LIMIT_S, Address, MqttSession, PathFaultError
from hub.edges.system_clock import SystemClock
from hub.edges.tls_look import answers
from protocol.path_messages import CarriedClockProof, Events, HubState, encode_path_message, topic

# Sixteen batches of 64 KiB: a line of 100 ms round trip and 10 MB/s stays full, memory stays at 1 MiB.
MAX_IN_FLIGHT = 16
_ANY_ID = (1 << 63) - 1


@dataclass(frozen=True)
class Route:
    """Where this hub's messages go."""

    brokers: list[tuple[str, int]]  # (host, port), the preferred one first
    tenant: str
    hub_id: bytes

    def topic(self, leaf: str) -> str:
        return topic(self.tenant, self.hub_id, leaf)


@dataclass(frozen=True)
class Callbacks:
    """What the daemon does for the uplink."""

    tls: Callable[[], ssl.SSLContext]  # raises OSError; read anew for each attempt
    certificate_fault: Callable[[], str | None]  # a sentence; raises OSError or ValueError
    new_session: Callable[[], Awaitable[int]]  # a number that grows with every connect
    linked: Callable[[], list[bytes]]
    on_down: Callable[[bytes], None]
    on_path: Callable[[bool], None]
    dice_per_mille: Callable[[], int]


class Uplink:
    """Runs until cancelled.  `up` and `sentence` are for status and for the devices."""

    def __init__(
        self,
        route: Route,
        ledger: Ledger,
        clock: SystemClock,
        callbacks: Callbacks,
        log: FilteringBoundLogger,
    ) -> None:
        self._route = route
        self._ledger = ledger
        self._clock = clock
        self._call = callbacks
        self._log = log
        self._wake = asyncio.Event()
        self._state_due = False
        self._proofs: dict[bytes, bytes] = {}  # device -> newest nonce not yet sent
        self._resend: Resend | None = None
        self._choice = BrokerChoice(len(route.brokers))
        self._look: asyncio.Task[bool] | None = None  # does the preferred broker answer again?
        self.up = False
        self.sentence = "The hub has not been connected to its broker yet."

    # ---- what the daemon tells the uplink

    def events_waiting(self) -> None:
        """New events are committed."""
        self._wake.set()

    def linked_changed(self) -> None:
        """Devices came or went: the centre is told in the retained state."""
        self._state_due = True
        self._wake.set()

    def clock_proof(self, device_id: bytes, nonce: bytes) -> None:
        """Ask the centre to prove the time to a device; only its newest question counts."""
        self._proofs[device_id] = nonce
        self._wake.set()

    def receipt_came(self) -> None:
        """A verified receipt came down."""
        if self._resend is not None:
            self._resend.receipt()

    def hole_seen(self, _row_id: int) -> None:
        """The centre lacks this row: something that we sent was lost on the way."""
        if self._resend is not None:
            self._resend.hole(self._clock.real_monotonic_ms())
            self._wake.set()

    # ---- the loop

    async def run(self) -> None:
        """Connect again and again, with growing pauses after failures."""
        while True:
            self._say(await self._attempt())
            failures = self._choice.ended()
            await asyncio.sleep(delay_ms(failures, self._call.dice_per_mille()) / 1000)

    async def _attempt(self) -> str:
        """One connection from open to lost.  Returns why it ended."""
        was_up = False
        try:
            expired = self._call.certificate_fault()
            if expired is not None:
                return expired
            session_number = await self._call.new_session()
            session = self._session(session_number)
            try:
                await session.open(self._route.topic("down"))
                was_up = True
                self._came_up(session, session_number)
                fault = await self._pump(session, session_number)
            finally:
                self._went_down()
                if was_up and not session.lost.done():  # told to stop: say goodbye in the retained state
                    session.publish(
                        self._route.topic("state"), self._state(session_number, online=False), retain=True
                    )
                await session.close()
        except PathFaultError as error:
            fault = error.fault
        except OutboxWriteError as error:
            return str(error)
        except (OSError, ValueError) as error:
            return f"The hub's certificate files cannot be read any more ({error}): put them back."
        return sentence(fault, *self._broker)

    @property
    def _broker(self) -> tuple[str, int]:
        return self._route.brokers[self._choice.current]

    def _session(self, number: int) -> MqttSession:
        will = self._state(number, online=False)
        client_id = "hub-" + self._route.hub_id.hex()
        address = Address(*self._broker, client_id, self._route.topic("state"), will)
        return MqttSession(address, self._call.tls(), self._call.on_down, self._wake.set)

    def _came_up(self, session: MqttSession, number: int) -> None:
        self.up = True
        self.sentence = "Connected." if self._choice.current == 0 else "Connected to the second broker."
        self._log.info("path up", broker=self._broker[0], session=number)
        self._choice.came_up(self._clock.real_monotonic_ms())
        self._resend = Resend(self._clock.real_monotonic_ms())
        self._state_due = True
        self._call.on_path(True)

    def _went_down(self) -> None:
        if self._look is not None:
            self._look.cancel()
            self._look = None
        if self.up:
            self.up, self._resend = False, None
            self._call.on_path(False)

    def _say(self, fault: str) -> None:
        if fault != self.sentence:  # the same fault again is in status, not a hundred times in the log
            self._log.warning("path down", why=fault)
        self.sentence = fault

    # ---- sending

    async def _pump(self, session: MqttSession, number: int) -> PathFault:
        """Send until the connection is lost."""
        resend = self._resend
        assert resend is not None  # set by _came_up
        cursor = 0  # the newest row sent since this connect
        while not session.lost.done():
            self._wake.clear()
            if self._preferred_answers():
                return PathFault("return")
            self._send_small(session, number)
            while session.in_flight < MAX_IN_FLIGHT and not session.lost.done():
                sent = await self._send_batch(session, cursor, _ANY_ID)
                if sent is not None:
                    cursor = sent
                    resend.sent(cursor, self._clock.real_monotonic_ms())
                    continue
                span = resend.again(self._clock.real_monotonic_ms())
                if span is None:
                    break
                resend.resent(await self._send_batch(session, *span))
            await self._rest(session, resend)
        return session.lost.result()

    def _preferred_answers(self) -> bool:
        """True when we are on the second broker and the first was found to answer again."""
        if self._choice.is_time_to_look(self._clock.real_monotonic_ms()):
            self._look = asyncio.create_task(
                answers(*self._route.brokers[0], self._call.tls(), CONNECT_LIMIT_S)
            )
            self._look.add_done_callback(lambda _: self._wake.set())
        if self._look is None or not self._look.done():
            return False
        look, self._look = self._look, None
        return look.result()

    async def _rest(self, session: MqttSession, resend: Resend) -> None:
        """Until something is to be done: an event, room, a changed state, a round of resends, or the end."""
        pause_s = max(0, resend.next_round_ms() - self._clock.real_monotonic_ms()) / 1000
        woken = asyncio.ensure_future(self._wake.wait())
        await asyncio.wait((woken, session.lost), timeout=pause_s, return_when=asyncio.FIRST_COMPLETED)
        woken.cancel()

    async def _send_batch(self, session: MqttSession, after_id: int, up_to_id: int) -> int | None:
        """Publish one batch of rows in (after_id, up_to_id].  Returns the newest id in it, None if there was none."""
        rows = await self._ledger.do(lambda outbox: outbox.rows(after_id, up_to_id, MAX_EVENTS))
        count = first_batch([cose for _, cose in rows])
        if count == 0:
            return None
        payload = encode_path_message(Events([cose for _, cose in rows[:count]]))
        session.publish(self._route.topic("up"), payload)
        return rows[count - 1][0]

    def _send_small(self, session: MqttSession, number: int) -> None:
        if self._state_due:
            self._state_due = False
            session.publish(self._route.topic("state"), self._state(number, online=True), retain=True)
        while self._proofs:
            device_id, nonce = self._proofs.popitem()
            session.publish(self._route.topic("up"), encode_path_message(CarriedClockProof(device_id, nonce)))

    def _state(self, number: int, online: bool) -> bytes:
        linked = sorted(self._call.linked()) if online else []
        return HubState(online, number, VERSION, linked, self._clock.utc_s()).encode()
