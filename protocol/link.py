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
"""

import struct

from protocol import cbor, frame
from protocol.errors import NO_CODE, LinkError, MessageError
from protocol.link_start import (
    MAJOR,
    MAX_WINDOW,
    MINOR,
    Hello,
    Reset,
    VersionRefused,
    Welcome,
    read_refusal,
    read_start,
    refusal,
)
from protocol.record import U32_MAX, exactly, within
from protocol.segments import DATA, DATA_MORE, FIRST_RESEND_MS, HEADER_BYTES, LAST_RESEND_MS, Inbox, Outbox

DEVICE, HUB = 1, 2
RESET, WELCOME, ACK, HEARTBEAT, ASK, REFUSED = 1, 2, 5, 6, 7, 8  # frame kinds, with DATA 3 and DATA_MORE 4

HEARTBEAT_MS = 5000  # silence on our side after which we say that we are here
SILENT_MS = 15000  # three heartbeats lost: the peer is gone, start anew
_HEADER = ">BBII"  # kind, session, seq, ack
_ANY_SESSION = 0  # sessions are 1 to 255
_SESSIONS = 255


class LinkStats:
    """What the line has done, since this end was made.  For the log and the technician."""

    def __init__(self) -> None:
        self.frames_in = 0  # good frames of the session
        self.frames_out = 0
        self.messages_in = 0
        self.messages_out = 0
        self.bad_frames = 0  # broken on the line: COBS, CRC or length
        self.strays = 0  # whole frames that make no sense here and now
        self.duplicates = 0  # frames that had come before
        self.gaps = 0  # frames that came before their turn
        self.resends = 0  # frames sent again
        self.silences = 0  # times the peer was given up
        self.starts = 0  # sessions begun, or tried


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
        self.stats = LinkStats()
        self._decoder = frame.Decoder()
        self._out = bytearray()
        self._inbox = Inbox()
        self._outbox = Outbox(self.window)
        # A restarted device must not meet frames of its last session that are still on the line: start far away.
        self._session = self.boot * 31 % _SESSIONS if role == DEVICE else _ANY_SESSION
        self._start = b""  # the RESET we sent or answered, as bytes
        self._welcome = b""  # hub: our answer to it
        self._peer_spoke = False  # hub: the device uses the session, so it has the WELCOME
        self._started = False
        self._heard_ms = self._sent_ms = self._knocked_ms = self._knock_at_ms = self._ask_at_ms = now_ms
        self._knock_delay_ms = FIRST_RESEND_MS

    @property
    def room(self) -> int:
        """How many messages send() takes now; 0 while the link is down."""
        return self._outbox.room if self.up else 0

    @property
    def acked(self) -> int:
        """How many messages of this session the peer has accepted."""
        return self._outbox.acked

    def start(self, now_ms: int) -> bytes:
        """Begin a new session; also when the owner must start over.  A hub asks the device to."""
        self._begin(now_ms)
        return self.outgoing()

    def outgoing(self) -> bytes:
        """The bytes to write that have come up so far."""
        data = bytes(self._out)
        self._out = bytearray()
        return data

    def receive(self, data: bytes, now_ms: int) -> "list[bytes]":
        """Whole messages, in order, each once.  Tell accept() when they are on disk or done."""
        messages: list[bytes] = []
        bodies = self._decoder.feed(data)
        self.stats.bad_frames = self._decoder.bad
        if self._started:
            for body in bodies:
                self._take_frame(body, now_ms, messages)
        return messages

    def accept(self, now_ms: int) -> bytes:
        """Acknowledge all that receive() returned in this session."""
        inbox = self._inbox
        if self.up and inbox.accepted != inbox.received:
            inbox.accepted = inbox.received
            self._emit(ACK, 0, b"", now_ms)
        return self.outgoing()

    def send(self, message: bytes, now_ms: int) -> bytes:
        """Queue a message.  Raises LinkError: no room, empty, or over segments.MAX_MESSAGE bytes."""
        if not self.up:
            raise LinkError(NO_CODE, "the link is down")
        self._outbox.add(message)
        self.stats.messages_out += 1
        self._send_fresh(now_ms)
        return self.outgoing()

    def welcome(self, have_seq: int, now_ms: int) -> bytes:
        """Hub: answer the device's RESET.  have_seq: its events up to here are on our disk."""
        if not self.waiting_for_welcome:
            raise LinkError(NO_CODE, "no device waits to be welcomed")
        answer = Welcome((MAJOR, MINOR), self.own_id, have_seq, self._session, self._outbox.window)
        self._welcome = cbor.encode(answer.to_map())
        self.waiting_for_welcome = False
        self.up = True
        self._heard_ms = now_ms
        self._emit(WELCOME, 0, self._welcome, now_ms)
        return self.outgoing()

    def tick(self, now_ms: int) -> bytes:
        """Do what is due: send again, say that we are here, give a silent peer up, knock again."""
        if self.up:
            if now_ms - self._heard_ms >= SILENT_MS:
                self.stats.silences += 1
                self._begin(now_ms)
            elif self._outbox.in_flight and now_ms >= self._outbox.resend_at_ms:
                for kind, seq, payload in self._outbox.again(now_ms):
                    self.stats.resends += 1
                    self._emit(kind, seq, payload, now_ms)
            elif now_ms - self._sent_ms >= HEARTBEAT_MS:
                self._emit(HEARTBEAT, 0, b"", now_ms)
        elif self._started and not self.waiting_for_welcome and now_ms >= self._knock_at_ms:
            self._knock(now_ms)
        return self.outgoing()

    def next_due_ms(self, now_ms: int) -> int:
        """ms from now until tick() has something to do; 0 if it has already."""
        if self.up:
            due_ms = min(self._heard_ms + SILENT_MS, self._sent_ms + HEARTBEAT_MS)
            if self._outbox.in_flight:
                due_ms = min(due_ms, self._outbox.resend_at_ms)
        elif self._started and not self.waiting_for_welcome:
            due_ms = self._knock_at_ms
        else:
            due_ms = now_ms + HEARTBEAT_MS
        return max(0, due_ms - now_ms)

    def _begin(self, now_ms: int) -> None:
        """Forget the session.  A device opens the next one, a hub asks for it."""
        self._started = True
        self.up = self.waiting_for_welcome = False
        self._inbox = Inbox()
        self._outbox = Outbox(self.window)
        self._knock_delay_ms = FIRST_RESEND_MS
        self._start = b""
        self.stats.starts += 1
        if self.role == DEVICE:
            self._session = self._session % _SESSIONS + 1
            reset = Reset((MAJOR, MINOR), self.own_id, self.boot, self._session, self.window)
            self._start = cbor.encode(reset.to_map())
        else:
            self._session = _ANY_SESSION
        self._knock(now_ms)

    def _knock(self, now_ms: int) -> None:
        """Send RESET or ASK, and plan the next time.  The 0x00 before it ends whatever noise the peer has heard."""
        self._out.append(0)
        self._emit(RESET if self.role == DEVICE else ASK, 0, self._start, now_ms)
        self._knocked_ms = now_ms
        self._knock_at_ms = now_ms + self._knock_delay_ms
        self._knock_delay_ms = min(2 * self._knock_delay_ms, LAST_RESEND_MS)

    def _emit(self, kind: int, seq: int, payload: bytes, now_ms: int, session: int = -1) -> None:
        if session < 0:
            session = self._session
        header = struct.pack(_HEADER, kind, session, seq, self._inbox.accepted)
        self._out.extend(frame.encode(header + payload))
        self._sent_ms = now_ms
        self.stats.frames_out += 1

    def _send_fresh(self, now_ms: int) -> None:
        for kind, seq, payload in self._outbox.fresh(now_ms):
            self._emit(kind, seq, payload, now_ms)

    def _take_frame(self, body: bytes, now_ms: int, messages: "list[bytes]") -> None:
        if len(body) < HEADER_BYTES:
            self.stats.strays += 1
            return
        kind, session, seq, ack = struct.unpack_from(_HEADER, body)
        if self.up and session == self._session and DATA <= kind <= HEARTBEAT:
            self.stats.frames_in += 1
            self._heard_ms = now_ms
            self._peer_spoke = True
            if not self._outbox.acknowledge(ack, now_ms):  # the ends mean different sessions by one number
                self._begin(now_ms)
                return
            if kind <= DATA_MORE:
                self._take_data(kind, seq, body[HEADER_BYTES:], now_ms, messages)
            self._send_fresh(now_ms)
        elif self.role == HUB:
            self._take_at_hub(kind, session, body[HEADER_BYTES:], now_ms)
        else:
            self._take_at_device(kind, session, body[HEADER_BYTES:], now_ms)

    def _take_data(self, kind: int, seq: int, payload: bytes, now_ms: int, messages: "list[bytes]") -> None:
        inbox = self._inbox
        if seq != inbox.received + 1:
            if seq <= inbox.received:
                self.stats.duplicates += 1
            else:
                self.stats.gaps += 1
            self._emit(ACK, 0, b"", now_ms)  # the last ack, again
            return
        try:
            message = inbox.take(kind, payload)
        except LinkError:
            self.stats.strays += 1
            self._begin(now_ms)
            return
        if message is not None:
            self.stats.messages_in += 1
            messages.append(message)
        elif inbox.accepted == inbox.received:
            self._emit(ACK, 0, b"", now_ms)

    def _take_at_hub(self, kind: int, session: int, payload: bytes, now_ms: int) -> None:
        if kind == RESET:
            self._take_reset(session, payload, now_ms)
            return
        self.stats.strays += 1
        if DATA <= kind <= HEARTBEAT and session != self._session and now_ms >= self._ask_at_ms:
            self._ask_at_ms = now_ms + FIRST_RESEND_MS  # it may be sending many; one question is enough
            self._emit(ASK, 0, b"", now_ms, session)

    def _take_reset(self, session: int, payload: bytes, now_ms: int) -> None:
        if session == self._session and payload == self._start:
            # Our WELCOME was lost, or the line repeats itself.  Not counted as a sign of life: a device that knocks
            # while we believe in its session gets a new one when we have given it up as silent.
            if self.up and not self._peer_spoke:
                self._emit(WELCOME, 0, self._welcome, now_ms)
            return
        try:
            reset = read_start(Reset, payload)
        except VersionRefused as error:
            self._refuse(error.detail, session, now_ms)
            return
        except MessageError:
            self.stats.strays += 1
            return
        if not isinstance(reset, Reset) or reset.session != session:
            self.stats.strays += 1
            return
        self.up = self._peer_spoke = False
        self.waiting_for_welcome = True
        self.refused = None
        self.epoch += 1
        self.stats.starts += 1
        self.peer = Hello(reset.device_id, reset.boot, reset.version)
        self._session = session
        self._start = payload
        self._inbox = Inbox()
        self._outbox = Outbox(min(self.window, reset.window))

    def _refuse(self, sentence: str, session: int, now_ms: int) -> None:
        """Hub: a device of another major version knocks.  The session before it, if any, is over."""
        self.refused = sentence
        self.up = self.waiting_for_welcome = False
        self._session = _ANY_SESSION
        self._start = b""
        self._knock_delay_ms = LAST_RESEND_MS
        self._knock_at_ms = now_ms + LAST_RESEND_MS
        self._emit(REFUSED, 0, refusal(), now_ms, session)

    def _take_at_device(self, kind: int, session: int, payload: bytes, now_ms: int) -> None:
        if kind == ASK and session in (_ANY_SESSION, self._session):
            if self.up:
                self._begin(now_ms)
            elif now_ms - self._knocked_ms >= FIRST_RESEND_MS:
                self._knock(now_ms)
        elif kind == WELCOME and session == self._session and not self.up:
            self._take_welcome(payload, now_ms)
        elif kind == REFUSED and session == self._session and not self.up:
            try:
                self.refused = read_refusal(payload)
            except MessageError:
                self.stats.strays += 1
        else:
            self.stats.strays += 1

    def _take_welcome(self, payload: bytes, now_ms: int) -> None:
        try:
            answer = read_start(Welcome, payload)
        except VersionRefused as error:
            self.refused = error.detail
            return
        except MessageError:
            self.stats.strays += 1
            return
        if not isinstance(answer, Welcome) or answer.session != self._session or answer.window > self.window:
            self.stats.strays += 1
            return
        self.up = True
        self.refused = None
        self.epoch += 1
        self.peer = Hello(answer.hub_id, 0, answer.version)
        self.peer_have_seq = answer.have_seq
        self._outbox.window = answer.window
        self._heard_ms = now_ms
