"""The link between one device and its hub over a serial line.  Sans-I/O: bytes and time in, bytes and messages out.

A session starts with the device's RESET and the hub's WELCOME.  In a session every message arrives exactly once
and in order, whatever the line does.  What a session had not delivered when it ended is forgotten here, and the
owner sends it again from its own record.  Junk is counted, never raised.  Times are monotonic ms that never wrap.

    start(now)           -> bytes to write: a device's RESET, a hub's ASK
    receive(data, now)   -> whole messages, not acknowledged yet; what it has to answer is in outgoing()
    accept(now)          -> bytes: acknowledges all that receive() returned, because it is on disk or done
    send(message, now)   -> bytes; only while room > 0
    tick(now)            -> bytes; call when next_due_ms(now) have passed
    welcome(have, now)   -> bytes; hub only, when waiting_for_welcome

What only one end needs for a start is in link_device.py and link_hub.py; a hub holds its device back with
link_hub.offer().
"""

from protocol import frame
from protocol.errors import NO_CODE, LinkError
from protocol.record import U32_MAX, exactly, within
from protocol.segments import DATA, FIRST_RESEND_MS, HEADER_BYTES, LAST_RESEND_MS, MAX_WINDOW
from protocol.session import HEARTBEAT, Hello, Session, read_header

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from typing import Any

DEVICE, HUB = 1, 2
RESET, WELCOME, ASK, REFUSED = 1, 2, 7, 8  # frame kinds; DATA is 3, DATA_MORE 4, ACK 5, HEARTBEAT 6

HEARTBEAT_MS = 5000  # silence on our side after which we say that we are here
SILENT_MS = 15000  # three heartbeats lost: the peer is gone, start anew
ANY_SESSION = 0  # sessions are 1 to 255
SESSIONS = 255


class Link:
    """One end of the link.  role: DEVICE or HUB; window: frames this end can have on their way (1 on a UART)."""

    def __init__(self, role: int, own_id: bytes, boot: int = 0, window: int = 1, now_ms: int = 0) -> None:
        self.role = within(role, DEVICE, HUB, "role")
        self.own_id = exactly(own_id, 8, "own_id")
        self.boot = within(boot, 0, U32_MAX, "boot")
        self.window = within(window, 1, MAX_WINDOW, "window")
        self.up = False
        self.epoch = 0  # grows with each session: whatever was not acknowledged before must be sent again
        self.peer: Hello | None = None  # who is, or was last, at the other end
        self.peer_have_seq = 0  # device: the hub has all events up to here on its disk
        self.waiting_for_welcome = False  # hub: a device has sent RESET, the owner must call welcome()
        self.refused: str | None = None  # the sentence why the two versions cannot talk
        # A restarted device must not meet frames of its last session that are still on the line: start far away.
        number = self.boot * 31 % SESSIONS if role == DEVICE else ANY_SESSION
        self._session = Session(number, self.window, now_ms)
        self.stats = self._session.stats
        self.decoder = frame.Decoder()  # a hub puts a quicker one here
        self._reset = b""  # the RESET we sent or answered, as bytes
        self._welcome = b""  # hub: our answer to it
        self._started = False
        self._heard_ms = self._knocked_ms = self._knock_at_ms = self._ask_at_ms = now_ms
        self._knock_delay_ms = FIRST_RESEND_MS

    @property
    def room(self) -> int:
        """How many messages send() takes now; 0 while the link is down."""
        return self._session.outbox.room if self.up else 0

    @property
    def acked(self) -> int:
        """How many messages of this session the peer has accepted."""
        return self._session.outbox.acked

    @property
    def pending(self) -> int:
        """How many messages of this session the peer has not accepted yet."""
        return self._session.outbox.pending

    def start(self, now_ms: int) -> bytes:
        """Begin a new session; also when the owner must start over.  A hub asks the device to."""
        self._begin(now_ms)
        return self.outgoing()

    def outgoing(self) -> bytes:
        """The bytes to write that have come up so far."""
        return self._session.outgoing()

    def receive(self, data: bytes, now_ms: int) -> "list[bytes]":
        """Whole messages, in order, each once.  Tell accept() when they are on disk or done."""
        messages: list[bytes] = []
        self.stats.bytes_in += len(data)
        bodies = self.decoder.feed(data)
        self.stats.bad_frames = self.decoder.bad
        if self._started:
            for body in bodies:
                self._take_frame(body, now_ms, messages)
        return messages

    def accept(self, now_ms: int) -> bytes:
        """Acknowledge all that receive() returned in this session."""
        if self.up:
            self._session.accept(now_ms)
        return self.outgoing()

    def send(self, message: bytes, now_ms: int) -> bytes:
        """Queue a message.  Raises LinkError: no room, empty, or over segments.MAX_MESSAGE bytes."""
        if not self.up:
            raise LinkError(NO_CODE, "the link is down")
        self._session.send(message, now_ms)
        return self.outgoing()

    def welcome(self, have_seq: int, now_ms: int) -> bytes:
        """Hub: answer the device's RESET.  have_seq: its events up to here are on our disk."""
        self._half().welcome(self, have_seq, now_ms)
        return self.outgoing()

    def tick(self, now_ms: int) -> bytes:
        """Do what is due: send again, say that we are here, give a silent peer up, knock again."""
        if self.up:
            if now_ms - self._heard_ms >= SILENT_MS:
                self.stats.silences += 1
                self._begin(now_ms)
            else:
                self._session.resend(now_ms)
                if now_ms - self._session.sent_ms >= HEARTBEAT_MS:
                    self._session.emit(HEARTBEAT, 0, b"", now_ms)
        elif self._started and not self.waiting_for_welcome and now_ms >= self._knock_at_ms:
            self._knock(now_ms)
        return self.outgoing()

    def next_due_ms(self, now_ms: int) -> int:
        """ms from now until tick() has something to do; 0 if it has already."""
        if self.up:
            due_ms = min(self._heard_ms + SILENT_MS, self._session.sent_ms + HEARTBEAT_MS)
            if self._session.outbox.in_flight:
                due_ms = min(due_ms, self._session.outbox.resend_at_ms)
        elif self._started and not self.waiting_for_welcome:
            due_ms = self._knock_at_ms
        else:
            due_ms = now_ms + HEARTBEAT_MS
        return max(0, due_ms - now_ms)

    def _begin(self, now_ms: int) -> None:
        """Forget the session.  A device opens the next one, a hub asks for it."""
        self._started = True
        self.up = self.waiting_for_welcome = False
        self._knock_delay_ms = FIRST_RESEND_MS
        self.stats.starts += 1
        self._session.renew(self._half().begin(self), self.window)
        self._knock(now_ms)

    def _knock(self, now_ms: int) -> None:
        """Send RESET or ASK, and plan the next time."""
        self._session.end_noise()
        self._session.emit(RESET if self.role == DEVICE else ASK, 0, self._reset, now_ms)
        self._knocked_ms = now_ms
        self._knock_at_ms = now_ms + self._knock_delay_ms
        self._knock_delay_ms = min(2 * self._knock_delay_ms, LAST_RESEND_MS)

    def _take_frame(self, body: bytes, now_ms: int, messages: "list[bytes]") -> None:
        kind, number, seq, ack = read_header(body)
        payload = body[HEADER_BYTES:]
        if self.up and number == self._session.number and DATA <= kind <= HEARTBEAT:
            self._heard_ms = now_ms
            if not self._session.take(kind, seq, ack, payload, now_ms, messages):
                self.stats.strays += 1
                self._begin(now_ms)
        else:
            self._half().take(self, kind, number, payload, now_ms)

    def _half(self) -> "Any":
        """The half of a start that only this end needs: loaded for it, and a device drops it again."""
        if self.role == HUB:
            from protocol import link_hub

            return link_hub
        from protocol import link_device

        return link_device
