"""Messages cut into frames and put together again, numbered and acknowledged.  Pure: time comes in.

Each direction of a session numbers its frames 1, 2, 3 ...  Outbox sends at most `window` frames that are not yet
acknowledged and sends the same frames again, with the same numbers, when no ack comes.  Inbox takes only the
next number.
"""

from protocol.errors import BAD_BYTES, NO_CODE, TOO_LARGE, LinkError
from protocol.frame import MAX_BODY

HEADER_BYTES = 10
MAX_MESSAGE = 8192  # bytes of a message: the largest load plan is under 6 KiB
MAX_SEGMENT = MAX_BODY - HEADER_BYTES
# A flash sector erase blocks the board's interrupts for 45 ms, at worst 400 ms (Winbond W25Q16JV, tSE):
# an ack that is not here before this may still come.
FIRST_RESEND_MS = 500
LAST_RESEND_MS = (
    8000  # a peer that comes back within its 15 s (link.SILENT_MS) is asked again before they are over
)
MAX_WINDOW = 64  # frames on their way at once: 32 KiB, as much as a hub should hold for one port
QUEUE = 4  # messages taken beyond a small window, so that a time reply need not wait for a long plan
UNLIMITED = 0xFFFE  # messages that a peer takes which has not said less (link_hub.offer)

DATA, DATA_MORE = 3, 4


class RoundTrip:
    """How long an acknowledgement takes, the owner's disk included: RFC 6298 in whole numbers."""

    def __init__(self) -> None:
        self.srtt_8 = 0  # ms x 8, smoothed; 0: nothing measured yet
        self._variation_4 = 0  # ms x 4: how far it strays
        self.resend_ms = FIRST_RESEND_MS  # so long without an ack: lost

    def measured(self, ms: int) -> None:
        """One frame's time from its only sending to its ack (Karn: of a frame sent twice nobody knows it)."""
        if self.srtt_8:
            off_ms = ms - (self.srtt_8 >> 3)
            self.srtt_8 += off_ms
            self._variation_4 += abs(off_ms) - (self._variation_4 >> 2)
        else:
            self.srtt_8, self._variation_4 = ms << 3, ms << 1
        wait_ms = (self.srtt_8 >> 3) + self._variation_4
        self.resend_ms = min(max(wait_ms, FIRST_RESEND_MS), LAST_RESEND_MS)


class Outbox:
    """Frames to be sent, in order, until they are acknowledged.  round_trip outlives the session."""

    def __init__(self, window: int, round_trip: RoundTrip) -> None:
        self.window = window  # frames
        self.acked = 0  # messages acknowledged to their last frame
        self.in_flight = 0  # frames sent and not acknowledged: the first ones of _segments
        self.resend_at_ms = 0  # meaningful while in_flight
        self.came_twice = False  # the peer has had a frame in flight twice: it is slow, not deaf
        self._round_trip = round_trip
        self._delay_ms = round_trip.resend_ms
        self._timed_seq = self._timed_ms = 0  # the frame whose time is taken, and when it went; 0: none
        self._first_seq = 1  # number of _segments[0]
        self._segments: list[tuple[int, bytes]] = []  # (kind, payload)
        self._ends: list[int] = []  # number of each message's last frame

    @property
    def room(self) -> int:
        """How many messages can be added now."""
        return max(self.window, QUEUE) - len(self._ends)

    @property
    def pending(self) -> int:
        """How many messages are not acknowledged to their last frame."""
        return len(self._ends)

    def add(self, message: bytes) -> None:
        """Queue a message.  Raises LinkError if it is empty or too large, or there is no room."""
        if not message:
            raise LinkError(BAD_BYTES, "an empty message")
        if len(message) > MAX_MESSAGE:
            raise LinkError(TOO_LARGE, "a message of %d bytes, allowed is %d" % (len(message), MAX_MESSAGE))
        if self.room <= 0:
            raise LinkError(NO_CODE, "no room: wait for an acknowledgement")
        at = 0
        while len(message) - at > MAX_SEGMENT:
            self._segments.append((DATA_MORE, message[at : at + MAX_SEGMENT]))
            at += MAX_SEGMENT
        self._segments.append((DATA, message[at:]))
        self._ends.append(self._first_seq + len(self._segments) - 1)

    def fresh(self, now_ms: int) -> "list[tuple[int, int, bytes]]":
        """(kind, seq, payload) of the frames that the window lets go now for the first time."""
        start = self.in_flight
        end = min(self.window, len(self._segments))
        if end <= start:
            return []
        if start == 0:
            self.resend_at_ms = now_ms + self._delay_ms
        if not self._timed_seq:
            self._timed_seq, self._timed_ms = self._first_seq + start, now_ms
        self.in_flight = end
        return self._numbered(start, end)

    def again(self, now_ms: int) -> "list[tuple[int, int, bytes]]":
        """All frames in flight, to be sent once more; the next time comes twice as late."""
        self._timed_seq = 0
        self._delay_ms = min(2 * self._delay_ms, LAST_RESEND_MS)
        self.resend_at_ms = now_ms + self._delay_ms
        return self._numbered(0, self.in_flight)

    def acknowledge(self, ack: int, now_ms: int) -> bool:
        """The peer has every frame up to `ack`.  False if it cannot have: never sent."""
        done = ack - self._first_seq + 1
        if done > self.in_flight:
            return False
        if done > 0:
            del self._segments[:done]
            self._first_seq += done
            self.in_flight -= done
            self._learn(ack, now_ms)
            self.resend_at_ms = now_ms + self._delay_ms
            while self._ends and self._ends[0] <= ack:
                del self._ends[0]
                self.acked += 1
        return True

    def _learn(self, ack: int, now_ms: int) -> None:
        """Frames have arrived: how long to wait for the next.  As long as before, if the peer was only slow: its time
        can only be taken of a frame that is not sent twice."""
        timed = 0 < self._timed_seq <= ack
        if timed:
            self._round_trip.measured(now_ms - self._timed_ms)
            self._timed_seq = 0
        if timed or not self.came_twice:
            self._delay_ms = self._round_trip.resend_ms
        self.came_twice = False

    def _numbered(self, start: int, end: int) -> "list[tuple[int, int, bytes]]":
        first = self._first_seq
        return [(self._segments[at][0], first + at, self._segments[at][1]) for at in range(start, end)]


class Inbox:
    """Frames in their order, put together to messages."""

    def __init__(self) -> None:
        self.received = 0  # every frame up to this number is here
        self.accepted = 0  # ... and up to this one is acknowledged
        self._parts: list[bytes] = []
        self._size = 0

    def take(self, kind: int, payload: bytes) -> "bytes | None":
        """Add the next frame; the message, if it is whole now.  Raises LinkError if it grows too large, or crumbles:
        a part that goes on is full, so that nobody can give us more parts than a message has room for."""
        self._size += len(payload)
        if self._size > MAX_MESSAGE or (kind == DATA_MORE and len(payload) != MAX_SEGMENT):
            raise LinkError(TOO_LARGE, "a message of more than %d bytes, or of small parts" % MAX_MESSAGE)
        self.received += 1
        if kind == DATA_MORE:
            self._parts.append(payload)
            if self.accepted == self.received - 1:  # a part promises nothing yet: let the next one come
                self.accepted = self.received
            return None
        if self._parts:
            self._parts.append(payload)
            payload = b"".join(self._parts)
            self._parts = []
        self._size = 0
        return payload
