"""The way to the centre: connect, tell who is here, send what waits, take what comes, begin again when it breaks.

What goes up when is decided in sending.py.  The broker's acknowledgement only limits how much is under way; it deletes
nothing.  Of two brokers the first is preferred (core/broker_choice.py).  The way is open only while the centre answers
(core/centre_watch.py).
"""

import asyncio

from structlog.typing import FilteringBoundLogger

from hub import VERSION
from hub.core import takeover
from hub.core.backoff import broker_delay_ms, delay_ms
from hub.core.broker_choice import BrokerChoice
from hub.core.centre_watch import CentreWatch
from hub.core.path_faults import PathFault, sentence
from hub.edges.ledger import Ledger, OutboxWriteError
from hub.edges.mqtt_session import Address, MqttSession, PathFaultError
from hub.edges.preferred import PreferredBroker
from hub.edges.route import Callbacks, Route
from hub.edges.sending import Sending
from hub.edges.system_clock import SystemClock
from protocol.path_messages import CarriedClockProof, HubState, encode_path_message
from protocol.path_updates import UpdateState

__all__ = ("CENTRE_SILENT", "Callbacks", "Route", "Uplink")

CENTRE_SILENT = (
    "Connected, but the centre does not answer: alarms go up, the rest waits; it is asked every 30 s."
)

# A hub whose disk takes nothing can tell nobody anything, its own trouble neither, and yet would pass for being there.
# While a fault stands the disk is asked so often; the devices hear within 30 s of it that there is no contact.
_PROVE_DISK_MS = 30_000

_CONNECTED = ("Connected.", "Connected to the second broker.")


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
        self._updates: dict[bytes, UpdateState] = {}  # device -> newest word about its firmware not yet sent
        self._watch = CentreWatch()
        self._sending: Sending | None = None  # while connected
        self._disk_proven_ms = -_PROVE_DISK_MS
        self._choice = BrokerChoice(len(route.brokers))
        self.takeovers = takeover.Takeovers()
        self._preferred = PreferredBroker(route.brokers[0], callbacks.tls, self._choice, self._wake.set)
        self.up = False  # a device is told so: connected, and the centre answers
        self.sentence = "The hub has not been connected to its broker yet."

    # ---- what the daemon tells the uplink

    def events_waiting(self) -> None:
        """New events are committed."""
        if self._sending is not None:
            self._sending.fresh = True
        self._wake.set()

    def linked_changed(self) -> None:
        """Devices came or went: the centre is told in the retained state."""
        self._state_due = True
        self._wake.set()

    def clock_proof(self, device_id: bytes, nonce: bytes) -> None:
        """Ask the centre to prove the time to a device; only its newest question counts."""
        self._proofs[device_id] = nonce
        self._wake.set()

    def update_state(self, state: UpdateState) -> None:
        """Tell the centre how far a device's firmware is; what is lost on the way it asks for again."""
        self._updates[state.device_id] = state
        self._wake.set()

    def receipt_came(self) -> None:
        """A verified receipt came down: the centre is there."""
        if self._sending is not None:
            self._sending.receipt()
        if self._watch.answered() and self._sending is not None:
            self._sending.begin_again()
            self._tell_path()
            self._wake.set()

    def hole_seen(self, row_id: int) -> None:
        """The centre lacks this row: something that we sent was lost on the way."""
        if self._sending is not None:
            self._sending.hole(row_id)
            self._wake.set()

    # ---- the loop

    async def run(self) -> None:
        """Connect again and again, with growing pauses after failures."""
        while True:
            self._say(await self._attempt())
            failures, dice = self._choice.ended(), self._call.dice_per_mille()
            pause_ms = broker_delay_ms(failures, dice)
            if self.takeovers.is_cause:
                pause_ms = delay_ms(takeover.WAIT_LIKE_FAILURES, dice)
            await asyncio.sleep(pause_ms / 1000)

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
                sending = self._came_up(session, session_number)
                fault = await self._pump(session, session_number, sending)
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
        self.takeovers.ended(fault.stage, self._clock.real_monotonic_ms())
        return takeover.SENTENCE if self.takeovers.is_cause else sentence(fault, *self._broker)

    @property
    def _broker(self) -> tuple[str, int]:
        return self._route.brokers[self._choice.current]

    def _session(self, number: int) -> MqttSession:
        will = self._state(number, online=False)
        client_id = "hub-" + self._route.hub_id.hex()
        address = Address(*self._broker, client_id, self._route.topic("state"), will)
        return MqttSession(address, self._call.tls(), self._call.on_down, self._wake.set)

    def _came_up(self, session: MqttSession, number: int) -> Sending:
        self._log.info("path up", broker=self._broker[0], session=number)
        self._choice.came_up(self._clock.real_monotonic_ms())
        self.takeovers.came_up(self._clock.real_monotonic_ms())
        topic_up = self._route.topic("up")
        self._sending = Sending(session, topic_up, self._ledger, self._watch, self._clock)
        self._state_due = True
        self._tell_path()
        return self._sending

    def _went_down(self) -> None:
        self._preferred.forget()
        self._sending = None
        self._watch.connection_lost()
        self._tell_path()

    def _tell_path(self) -> None:
        """Devices and status hear when the way opens or closes."""
        self.takeovers.look(self._clock.real_monotonic_ms())
        up = self._sending is not None and not self._watch.silent
        if self._sending is not None:
            self._say(self._open_sentence() if up else CENTRE_SILENT)
        if up != self.up:
            self.up = up
            self._call.on_path(up)

    def _open_sentence(self) -> str:
        if self.takeovers.standing:
            return takeover.SENTENCE
        return _CONNECTED[0 if self._choice.current == 0 else 1]

    def _say(self, sentence: str) -> None:
        if sentence != self.sentence:  # the same fault again is in status, not a hundred times in the log
            is_open = sentence in _CONNECTED
            self._log.info("path", why=sentence) if is_open else self._log.warning("path down", why=sentence)
        self.sentence = sentence

    # ---- sending

    async def _pump(self, session: MqttSession, number: int, sending: Sending) -> PathFault:
        """Send until the connection is lost.  Raises OutboxWriteError when the disk is."""
        session.lost.add_done_callback(lambda _: self._wake.set())
        while not session.lost.done():
            self._wake.clear()
            if self._preferred.is_back(self._clock.real_monotonic_ms()):
                return PathFault("return")
            self._send_small(session, number)
            await sending.turn()
            await sending.look_at_centre()
            await self._prove_disk()
            self._tell_path()
            if not session.lost.done():
                await self._rest(sending)
        return session.lost.result()

    async def _prove_disk(self) -> None:
        """Something could not be stored: an outbox that is full by its own limit is no lost disk.

        Raises OutboxWriteError; without a connection the centre misses the hub, and the devices tell it at home.
        """
        now_ms = self._clock.real_monotonic_ms()
        if self._ledger.fault is not None and now_ms - self._disk_proven_ms >= _PROVE_DISK_MS:
            self._disk_proven_ms = now_ms
            await self._call.new_session()

    async def _rest(self, sending: Sending) -> None:
        """Until something is to be done: an event, room, a changed state, a round of resends, or the end."""
        pause_s = max(0, sending.next_due_ms() - self._clock.real_monotonic_ms()) / 1000
        timer = asyncio.get_running_loop().call_later(pause_s, self._wake.set)
        await self._wake.wait()
        timer.cancel()

    def _send_small(self, session: MqttSession, number: int) -> None:
        if self._state_due:
            self._state_due = False
            session.publish(self._route.topic("state"), self._state(number, online=True), retain=True)
        # For a centre that is away the newest waits here; a broker would keep every one of them.
        while self._proofs and not self._watch.silent:
            device_id, nonce = self._proofs.popitem()
            session.publish(self._route.topic("up"), encode_path_message(CarriedClockProof(device_id, nonce)))
        while self._updates:
            _, state = self._updates.popitem()
            session.publish(self._route.topic("up"), encode_path_message(state))

    def _state(self, number: int, online: bool) -> bytes:
        linked = sorted(self._call.linked()) if online else []
        return HubState(online, number, VERSION, linked, self._clock.utc_s()).encode()
