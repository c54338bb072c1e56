"""The shell of the centre: what hubs bring goes in, what is due goes out, and once a second it looks at the time."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Iterator

import structlog
import uvicorn

from centre.board.app import create_app
from centre.board.context import BoardContext
from centre.config import Config
from centre.core.kinds import KINDS, check_kinds
from centre.core.presence import Patience
from centre.edges import accounts, watch
from centre.edges.bell import Bell
from centre.edges.campaign_desk import CampaignDesk
from centre.edges.care_desk import CareDesk
from centre.edges.clock import Clock
from centre.edges.database import Database
from centre.edges.desk import Desk
from centre.edges.enrolment_desk import EnrolmentDesk
from centre.edges.ingest import Ingest
from centre.edges.keys import CentreKey
from centre.edges.refill_desk import RefillDesk
from centre.edges.sender import Outgoing, due_commands
from centre.edges.uplink import Uplink
from centre.firmware_rounds import FirmwareRounds, opened
from protocol.errors import MessageError
from protocol.path_messages import (
    CarriedClockProof,
    CarriedCommand,
    CarriedReceipt,
    Events,
    decode_state,
    decode_up,
    encode_path_message,
    parse_topic,
)
from protocol.path_updates import UpdateState

log = structlog.get_logger("centre")

TICK_S = 1.0
GOODBYE_S = 1  # an open event stream would hold up the end for ever


class Daemon:
    """One centre for one tenant.  Must be built inside a running event loop."""

    def __init__(self, config: Config, database: Database, key: CentreKey) -> None:
        check_kinds(tuple(KINDS.values()))
        self._config = config
        self._tenant = config.centre.tenant
        self._database = database
        self._clock = Clock(config.demo_clock)
        self._bell = Bell(asyncio.get_running_loop())
        self._ingest = Ingest(database, self._tenant, key, self._clock, config.limits.gap_grace_s)
        self._desk = Desk(self._tenant, key, config.centre.time_zone)
        care = CareDesk(self._tenant, self._desk)
        self._uplink = Uplink(config.broker, self._tenant, self._path_changed)
        self._listening_since_s: int | None = None
        refills = RefillDesk(self._tenant, self._desk)
        firmware = opened(config.firmware)
        context = BoardContext(
            config,
            database,
            self._clock,
            self._bell,
            self._desk,
            care,
            refills,
            self._uplink,
            self._ingest,
            EnrolmentDesk.opened(self._tenant, key.public_point, config.enrolment.key),
            CampaignDesk(self._tenant, self._desk),
            firmware,
        )
        self._rounds = FirmwareRounds(firmware, database, context.campaigns, self._ingest.who)
        self.app = create_app(context)

    async def run(self, listener: socket.socket) -> None:
        """Serve until told to stop (SIGINT, SIGTERM)."""
        await asyncio.to_thread(self._prepare)
        server = _Server(
            uvicorn.Config(self.app, log_config=None, lifespan="off", timeout_graceful_shutdown=GOODBYE_S)
        )
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, server.stop)
        work = [asyncio.create_task(self._uplink.run(self.handle)), asyncio.create_task(self._tick_forever())]
        for task in work:
            task.add_done_callback(lambda _done: server.stop())  # a part that died must not go unnoticed
        await server.serve(sockets=[listener])
        for task in work:
            task.cancel()
        ends = await asyncio.gather(*work, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end

    async def handle(self, name: str, payload: bytes) -> None:
        """One message from the broker."""
        try:
            _, hub, leaf = parse_topic(name)
            if leaf == "state":
                await self._state(hub.hex(), payload)
                return
            message = decode_up(payload)
        except MessageError as error:
            log.warning("a hub sent bytes that are no message", topic=name, why=str(error))
            return
        if isinstance(message, Events):
            await self._events(hub.hex(), message.coses)
        elif isinstance(message, CarriedClockProof):
            await self._clock_proof(message)
        elif isinstance(message, UpdateState):
            await self._update_state(hub.hex(), message)

    async def _events(self, hub_id: str, coses: list[bytes]) -> None:
        taken = await asyncio.to_thread(self._ingest.take_events, hub_id, coses)
        self._bell.ring()  # the board first: a person waits for it
        sent = [await self._uplink.publish(hub_id, _receipt(data)) for data in taken.receipts]
        if all(sent):
            self._ingest.note_receipts(hub_id, taken)
        await self._send_commands(taken.senders)

    async def _state(self, hub_id: str, payload: bytes) -> None:
        state = decode_state(payload)
        await asyncio.to_thread(self._ingest.take_state, hub_id, state)
        self._bell.ring()
        if state.online:
            await self._send_commands(frozenset(device.hex() for device in state.linked))

    async def _clock_proof(self, proof: CarriedClockProof) -> None:
        def answer() -> None:
            with self._database.write() as connection:
                who = self._ingest.who("centre")
                self._desk.answer_clock_proof(connection, proof.device_id.hex(), proof.nonce, who)

        try:
            await asyncio.to_thread(answer)
        except LookupError as error:
            log.warning("a clock proof was not answered", why=str(error))
            return
        await self._send_commands(frozenset())

    async def _update_state(self, hub_id: str, said: UpdateState) -> None:
        if await asyncio.to_thread(self._ingest.take_update, hub_id, said):
            self._bell.ring()
        else:
            log.warning("a hub spoke of firmware for a device that is not its own", hub=hub_id)

    async def _send_commands(self, alive: frozenset[str]) -> None:
        def collect() -> list[Outgoing]:
            with self._database.write() as connection:
                return due_commands(connection, self._tenant, self._ingest.who("centre"), alive)

        if not self._uplink.up:
            return
        for command in await asyncio.to_thread(collect):
            body = CarriedCommand(bytes.fromhex(command.device_id), command.cose)
            await self._uplink.publish(command.hub_id, encode_path_message(body))
            log.info("command sent", device=command.device_id, counter=command.counter)

    async def _tick_forever(self) -> None:
        bell, loop = self._bell.listen(), asyncio.get_running_loop()
        next_s = loop.time() + TICK_S
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bell.wait(), max(0.0, next_s - loop.time()))
            bell.clear()
            if loop.time() >= next_s:
                next_s = loop.time() + TICK_S
                if await asyncio.to_thread(self._look_at_time):
                    self._bell.ring()
                await self._firmware_round()
            await self._send_commands(frozenset())

    async def _firmware_round(self) -> None:
        found, changed = await asyncio.to_thread(self._rounds.go, self._uplink.up)
        for down in found:
            await self._uplink.publish(down.hub_id, encode_path_message(down.message))
        if changed:
            self._bell.ring()

    def _look_at_time(self) -> bool:
        """What is due, hubs that went silent, sessions that are over.  True if the board changed."""
        limits, since_s = self._config.limits, self._listening_since_s
        path_stands = since_s is not None and self._clock.wall_s() - since_s >= limits.gap_grace_s
        with self._database.write() as connection:
            changed = watch.look(connection, self._tenant, self._ingest.who("time"), path_stands)
            accounts.forget_old_sessions(connection, self._tenant, self._clock.wall_s())
        if since_s is None:
            return changed  # our own path is down: that says nothing about the hubs
        patience = Patience(limits.hub_lost_after_s, limits.hub_silent_after_s, since_s)
        return self._ingest.watch_hubs(patience) or changed

    def _path_changed(self) -> None:
        self._listening_since_s = self._clock.wall_s() if self._uplink.up else None
        self._bell.ring()

    def _prepare(self) -> None:
        with self._database.write() as connection:
            accounts.keep_demo_account(connection, self._tenant, self._config.demo.account)


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers, which would end the process before we are done."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        self.should_exit = True


def _receipt(data: bytes) -> bytes:
    return encode_path_message(CarriedReceipt(data))
