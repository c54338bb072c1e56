"""One session of a link: numbered frames, acknowledgements, resends.  link.py says how a session starts and ends."""

import struct

from protocol import frame
from protocol.errors import LinkError
from protocol.segments import DATA_MORE, HEADER_BYTES, UNLIMITED, Inbox, Outbox, RoundTrip

ACK, HEARTBEAT = 5, 6  # the frame kinds are listed in link.py
_HEADER = ">BBII"  # kind, session, seq, ack


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
        self.bytes_in = 0  # whatever came, noise included
        self.bytes_out = 0
        self.srtt_ms = 0  # smoothed round trip; 0: not measured yet
        self.resend_ms = 0  # a frame is sent again after so long
        self.window = 0  # frames on their way at once, in this session
        self.peer_room = UNLIMITED  # messages that can wait: so many may be on their way to the peer


def read_header(body: bytes) -> "tuple[int, int, int, int]":
    """(kind, session, seq, ack) of a frame body; kind 0 if it is too short to have any."""
    if len(body) < HEADER_BYTES:
        return 0, 0, 0, 0
    kind, session, seq, ack = struct.unpack_from(_HEADER, body)
    return kind, session, seq, ack


class Hello:
    """Who is at the other end.  boot: the device's boot count; 0 for a hub."""

    def __init__(self, device_id: bytes, boot: int, version: "tuple[int, int]") -> None:
        self.device_id = device_id
        self.boot = boot
        self.version = version


class Session:
    """What two ends share from WELCOME until one of them starts anew."""

    def __init__(self, number: int, window: int, now_ms: int) -> None:
        self.minor = 0  # of the version that both ends speak
        self.own_room = UNLIMITED  # what we tell the peer; the owner's word, of all sessions
        self.stats = LinkStats()
        self._round_trip = RoundTrip()
        self._peer_duplicates = 0  # as the peer counted them when it last spoke of it
        self.renew(number, window)
        self.sent_ms = now_ms  # when the last frame went out
        self._out = bytearray()

    def renew(self, number: int, window: int) -> None:
        """Forget all frames and numbers; the counts and what is known of the line go on."""
        self.number = number  # 1 to 255; 0: none yet
        self.inbox = Inbox()
        self.outbox = Outbox(window, self._round_trip)
        self.peer_spoke = False  # the peer has used this session, so it knows of it
        self.stats.window, self.stats.peer_room = window, UNLIMITED

    def outgoing(self) -> bytes:
        """The bytes to write that have come up so far."""
        data = bytes(self._out)
        self._out = bytearray()
        self.stats.bytes_out += len(data)
        return data

    def end_noise(self) -> None:
        """Write the 0x00 that ends whatever noise the peer has heard."""
        self._out.append(0)

    def emit(self, kind: int, seq: int, payload: bytes, now_ms: int, number: int = -1) -> None:
        """Write one frame; `number` only to speak of another session."""
        if number < 0:
            number = self.number
        if self.minor and ACK <= kind <= HEARTBEAT:
            seq = (self.stats.duplicates & 0xFFFF) << 16 | self.own_room + 1
        header = struct.pack(_HEADER, kind, number, seq, self.inbox.accepted)
        self._out.extend(frame.encode(header + payload))
        self.sent_ms = now_ms
        self.stats.frames_out += 1

    def send(self, message: bytes, now_ms: int) -> None:
        """Queue a message and write what the window allows.  Raises LinkError: empty, too large, no room."""
        self.outbox.add(message)
        self.stats.messages_out += 1
        self._emit_fresh(now_ms)

    def accept(self, now_ms: int) -> None:
        """Acknowledge every message given out so far."""
        if self.inbox.accepted != self.inbox.received:
            self.inbox.accepted = self.inbox.received
            self.emit(ACK, 0, b"", now_ms)

    def resend(self, now_ms: int) -> None:
        """Write the frames in flight again, if it is time."""
        if self.outbox.in_flight and now_ms >= self.outbox.resend_at_ms:
            for kind, seq, payload in self.outbox.again(now_ms):
                self.stats.resends += 1
                self.emit(kind, seq, payload, now_ms)

    def take(
        self, kind: int, seq: int, ack: int, payload: bytes, now_ms: int, messages: "list[bytes]"
    ) -> bool:
        """Take a frame of this session; append a message to `messages` when it is whole.

        False: the ends have lost each other (an ack for what was never sent, a message without end); start anew.
        """
        self.stats.frames_in += 1
        self.peer_spoke = True
        if kind >= ACK and seq:
            self._heed(seq)
        if not self.outbox.acknowledge(ack, now_ms):
            return False
        if kind <= DATA_MORE and not self._take_data(kind, seq, payload, now_ms, messages):
            return False
        self._emit_fresh(now_ms)
        self.stats.srtt_ms, self.stats.resend_ms = self._round_trip.srtt_8 >> 3, self._round_trip.resend_ms
        return True

    def _heed(self, word: int) -> None:
        """What the peer says with its acks: how many frames came twice, and its room + 1."""
        if word >> 16 != self._peer_duplicates:
            self._peer_duplicates = word >> 16
            self.outbox.came_twice = True
        self.stats.peer_room = max(0, (word & 0xFFFF) - 1)

    def _take_data(self, kind: int, seq: int, payload: bytes, now_ms: int, messages: "list[bytes]") -> bool:
        inbox = self.inbox
        if seq != inbox.received + 1:
            if seq <= inbox.received:
                self.stats.duplicates += 1
            else:
                self.stats.gaps += 1
            self.emit(ACK, 0, b"", now_ms)  # the last ack, again
            return True
        try:
            message = inbox.take(kind, payload)
        except LinkError:
            return False
        if message is not None:
            self.stats.messages_in += 1
            messages.append(message)
        elif inbox.accepted == inbox.received:
            self.emit(ACK, 0, b"", now_ms)
        return True

    def _emit_fresh(self, now_ms: int) -> None:
        for kind, seq, payload in self.outbox.fresh(now_ms):
            self.emit(kind, seq, payload, now_ms)
