"""One port from open to gone and again: the link, the events that come, the letters that go."""

import asyncio

from hub.core.backoff import delay_ms
from hub.core.line_counts import LineCounts
from hub.core.mailbox import Mailbox
from hub.core.quick_frames import QuickDecoder
from hub.edges.ledger import OutboxWriteError
from hub.edges.serial_port import PortFaultError, SerialPort
from hub.port_condition import PortCondition
from hub.port_messages import PortMessages
from hub.port_timers import HoldTimer, TickTimer
from hub.surroundings import Surroundings
from protocol import link_hub
from protocol.link import HUB, Link
from protocol.segments import MAX_WINDOW

# Opening costs nothing, and a technician who plugs a dispenser in watches it: 0.25 s to 5 s.
_FIRST_REOPEN_MS = 250
_LAST_REOPEN_MS = 5_000

# What may wait to be taken while the outbox writes: a little more than the window of 32 KiB that a sound link can have
# under way, so only a flood is ever held up.
_ENOUGH_BYTES = 65_536

# A full disk stays full for a while: asked again at once, a dispenser would send the same events all day.
_AFTER_WRITE_FAULT_S = 1.0


class PortSession:
    """run() until cancelled."""

    def __init__(self, path: str, baud: int, around: Surroundings) -> None:
        self.path = path
        self._around = around
        self._log = around.log.bind(port=path)
        self._clock = around.clock
        self._port = SerialPort(path, baud, self._bytes_came, self._port_gone)
        self._condition = PortCondition(path, baud, self._log, self._clock.real_monotonic_ms)
        self._counts = LineCounts()
        self._wake = asyncio.Event()
        self._came = bytearray()
        self._came_utc_ms = 0  # when the first of these bytes was read
        self._gone = False
        self._link = self._new_link()
        self._device_id: bytes | None = None  # linked now
        self._moved: bytes | None = None  # the device of this link, once it has linked at another port
        self._epoch = 0
        self._tick_timer = TickTimer(self._tick)
        self._hold_timer = HoldTimer(self._clock, self._offer)
        self._mailbox = Mailbox()
        self._messages = PortMessages(around, self._log, self._reply)

    # ---- status

    @property
    def sentence(self) -> str:
        """How the port is."""
        return self._condition.sentence

    @property
    def copy_of(self) -> bytes | None:
        """The device that this link says it is, while that one is linked at another port."""
        return self._condition.copy_of

    @property
    def link(self) -> Link:
        return self._link

    @property
    def device_id(self) -> bytes | None:
        """Device whose link is up."""
        return self._device_id

    @property
    def is_open(self) -> bool:
        return self._port.is_open

    @property
    def openings(self) -> int:
        return self._condition.openings

    @property
    def counts(self) -> dict[str, int]:
        """What the line has done since the hub started: the counters of LinkStats."""
        return self._counts.total(self._link.stats)

    def wake(self) -> None:
        """There is something to deliver."""
        self._wake.set()

    # ---- what the other ports and the folder of names bring

    def moved(self, device_id: bytes) -> None:
        """The device that was linked here has linked at another port.  What still comes is stored, nothing is sent."""
        self._device_id, self._moved = None, device_id
        self._mailbox = Mailbox()  # its letters belong to the other port now

    def look(self) -> bool:
        """False: the name of the open port belongs to another stick by now, and nobody speaks here: open it anew."""
        self._condition.shares_name = self._port.name_moved()
        return not self._condition.shares_name or self._device_id is not None

    def stopped(self, why: str) -> None:
        """run() was ended from outside."""
        self._condition.say(why)

    # ---- the port

    async def run(self) -> None:
        """Open, serve, open again when it goes away."""
        while True:
            try:
                self._port.open()
            except PortFaultError as fault:
                self._condition.failed(str(fault))
            else:
                try:
                    self._condition.opened(self._link.refused)
                    await self._serve()
                finally:
                    self._unlink()
                    self._port.close()
                    self._condition.closed()
            dice = self._around.dice_per_mille()
            pause_ms = delay_ms(self._condition.failures, dice, _FIRST_REOPEN_MS, _LAST_REOPEN_MS)
            await asyncio.sleep(pause_ms / 1000)

    def _bytes_came(self, data: bytes) -> None:
        if not self._came:
            self._came_utc_ms = self._clock.utc_ms()
        self._came += data
        if len(self._came) >= _ENOUGH_BYTES:
            self._port.pause()
        self._wake.set()

    def _port_gone(self, why: str) -> None:
        self._gone = True
        self._condition.went_away(why)
        self._wake.set()

    # ---- the link

    def _new_link(self) -> Link:
        link = Link(HUB, self._around.hub_id, window=MAX_WINDOW, now_ms=self._clock.monotonic_ms())
        link.decoder = QuickDecoder()
        return link

    async def _serve(self) -> None:
        """One open port: a fresh link that asks whoever is there to start."""
        self._gone, self._came = False, bytearray()
        self._counts.over(self._link.stats)
        self._link, self._epoch = self._new_link(), 0
        self._port.write(self._link.start(self._clock.monotonic_ms()))
        try:
            while not self._gone:
                self._wake.clear()
                if self._came:
                    await self._take()
                self._notice()
                self._deliver()
                self._plan_tick()
                if not (self._came or self._gone):
                    await self._wake.wait()
        finally:
            self._tick_timer.cancel()
            self._hold_timer.cancel()

    def _plan_tick(self) -> None:
        """Be there when the link has something to do."""
        due_ms = self._link.next_due_ms(self._clock.monotonic_ms())
        self._tick_timer.plan(self._clock.real_delay_s(due_ms))

    def _tick(self) -> None:
        """By the timer, so that the device hears us also while the outbox is slow."""
        self._port.write(self._link.tick(self._clock.monotonic_ms()))
        self._plan_tick()
        self._wake.set()

    async def _take(self) -> None:
        """Feed what came to the link; acknowledge only when it is durable."""
        data, self._came = bytes(self._came), bytearray()
        self._port.go_on()
        stats = self._link.stats
        bad, sound = stats.bad_frames, stats.frames_in + stats.strays + stats.starts
        heard = stats.frames_in
        messages = self._link.receive(data, self._clock.monotonic_ms())
        self._port.write(self._link.outgoing())
        any_good = stats.frames_in + stats.strays + stats.starts > sound
        self._condition.heard(stats.bad_frames - bad, any_good, self._link.refused)
        if stats.frames_in > heard:
            self._spoke()
        try:
            peer_id = self._link.peer.device_id if self._link.peer else b""
            if not await self._messages.take(messages, peer_id, self._device_id, self._came_utc_ms):
                self._port.write(self._link.start(self._clock.monotonic_ms()))
            elif messages:
                self._port.write(self._link.accept(self._clock.monotonic_ms()))
                self._hold_timer.stored()
            if self._link.waiting_for_welcome:
                await self._welcome()
        except OutboxWriteError as fault:  # nothing was acknowledged: the device keeps it and starts again
            self._log.error("outbox", why=str(fault))
            await asyncio.sleep(_AFTER_WRITE_FAULT_S)
            self._hold_timer.hold_back()
            self._port.write(self._link.start(self._clock.monotonic_ms()))

    def _offer(self, room: int) -> None:
        """Let the device have so many messages that can wait on their way."""
        self._port.write(link_hub.offer(self._link, room, self._clock.monotonic_ms()))

    def _spoke(self) -> None:
        """A sound frame of a session came."""
        if self._device_id is not None:
            self._around.on_heard(self._device_id)
        elif self._moved is not None and self.copy_of is None:  # it moved away, and is here all the same
            self._condition.copy_of = self._moved

    async def _welcome(self) -> None:
        """Answer a device's RESET with what we hold of it.

        It is heard with its first word in the session: one whose program fails at each start says RESET for ever.
        """
        peer = self._link.peer
        assert peer is not None  # waiting_for_welcome says so
        device_id = peer.device_id
        if not self._condition.allows(device_id):
            return
        tip, receipt = await self._around.ledger.read(
            lambda outbox: (outbox.tip(device_id), outbox.receipt_for(device_id))
        )
        if self._gone:
            return
        self._unlink()
        self._port.write(self._link.welcome(tip[0] if tip else 0, self._clock.monotonic_ms()))
        self._device_id, self._epoch = device_id, self._link.epoch
        self._mailbox = self._around.devices.link_up(device_id, self, receipt)
        self._log.info("device linked", device=device_id.hex(), boot=peer.boot, have_seq=tip[0] if tip else 0)

    def _notice(self) -> None:
        """The link may have gone down by itself: silence, or the other end spoke of another session."""
        if self._link.up and self._link.epoch == self._epoch:
            return
        if self._device_id is not None:
            self._log.info("device unlinked", device=self._device_id.hex())
        self._unlink()

    def _unlink(self) -> None:
        self._moved = self._condition.copy_of = None
        if self._device_id is not None:
            device_id, self._device_id = self._device_id, None
            self._around.devices.link_down(device_id, self)

    def _deliver(self) -> None:
        """Give the link as many letters as it takes."""
        if self._device_id is None:
            return
        self._mailbox.acked(self._link.acked)
        while self._link.room > 0:
            letter = self._mailbox.take()
            if letter is None:
                return
            self._port.write(self._link.send(letter, self._clock.monotonic_ms()))

    def _reply(self, message: bytes) -> None:
        """Answer at once or not at all: an old answer would only look like a slow line, and the device asks again."""
        if self._link.room > 0:
            self._mailbox.passed_by()
            self._port.write(self._link.send(message, self._clock.monotonic_ms()))
