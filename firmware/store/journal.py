"""The journal: every event of this device, on flash before its effect is visible, until the centre has receipted it.

Append only.  A record is durable when append() returns, and a power cut at any moment loses none that was
(tests/test_power_cuts.py tries them all).  What cannot be read is set aside, counted and told, never dropped.
"""

from firmware.store.files import ensure_directory, remove_if_there
from firmware.store.reader import Reader
from firmware.store.records import MAX_BYTES, pack
from firmware.store.shelf import RECORDS_PER_SEGMENT, segment_name
from protocol.cose import event_hash
from protocol.errors import RuleError

NO_HEAD = bytes(16)  # what stands before the first event of a device (protocol: Event.prev)

# LittleFS keeps a file of up to 512 B in its directory entry: a flush is then one page program, and an erase only
# every third time, 21 ms on average instead of 62 (emulated RP2040, 45 ms an erase).
SEGMENT_BYTES = 512
LIVE_SEGMENTS = 32  # from here on tidy() joins them; listing 64 files takes 40 ms at start (emulated RP2040)
TRIM_FILES = 32  # for one trim(), about a second of flash work; the next receipt goes on


class Journal:
    """The events in one directory, made when missing.  Opens itself at the first use, or by open()."""

    def __init__(self, directory, live_segments=LIVE_SEGMENTS):
        self._directory = directory
        self._live_segments = live_segments
        self._shelf = None
        self._notes = None
        self._left_over = []  # segments whose records lie in an archive already
        self._last = 0
        self._head = NO_HEAD
        self._tail = None  # the newest segment, open for appending
        self._tail_bytes = 0
        self._reader = Reader(directory)

    def open(self):
        """Read what is there.  Returns the journal itself.  Does nothing when it is open."""
        if self._shelf is None:
            from firmware.store import opening  # once in a start: whoever counts bytes may drop it after

            ensure_directory(self._directory)
            self._shelf, self._notes, newest, self._left_over = opening.load(self._directory)
            self._last = newest[0]
            self._head = event_hash(newest[1]) if newest[1] else NO_HEAD
        return self

    def close(self) -> None:
        """Let go of the file; the next use opens again."""
        self._close_tail()
        self._shelf = None

    def last(self) -> tuple[int, bytes]:
        """(seq of the last event, its 16-byte hash); (0, zeros) before the first.

        After a loss at the end: the highest seq that can have been used, and the hash of the last event still whole,
        so that no seq is ever used twice.
        """
        self.open()
        return self._last, self._head

    @property
    def oldest(self) -> int:
        """The first seq still held, 0 when there is none."""
        self.open()
        return self._shelf.firsts[0] if len(self._shelf) else 0

    @property
    def damage(self) -> tuple[int, int] | None:
        """(last good seq before the first loss, number of events lost), until settle_damage(); None when whole."""
        self.open()
        return self._notes.news

    def settle_damage(self) -> None:
        """The loss now stands in the journal itself, as an event: do not tell it again at the next start."""
        self.open()
        self._notes.settle()

    def append(self, seq: int, cose_bytes: bytes) -> None:
        """Keep an event.  Durable when this returns.

        Raises RuleError unless seq is the last plus one, OSError when the flash is full or broken; then nothing is
        kept, and the same seq may be tried again.
        """
        self.open()
        if seq != self._last + 1:
            raise RuleError(detail="event %d cannot follow %d" % (seq, self._last))
        if not 0 < len(cose_bytes) <= MAX_BYTES:
            raise RuleError(detail="an event of %d bytes" % len(cose_bytes))
        record = pack(seq, cose_bytes)
        self._make_room(seq, len(record))
        try:
            self._tail.write(record)
            self._tail.flush()
        except OSError:
            self._close_tail()
            raise
        self._count(seq, len(record), cose_bytes)
        self._tidy_if_many()

    def _tidy_if_many(self):
        if len(self._shelf) - self._shelf.archives > 2 * self._live_segments or self._left_over:
            try:
                self.tidy()
            except (
                OSError
            ):  # the record is safe, whatever becomes of the archive: the next append tries again
                pass

    def _make_room(self, seq, size):
        """Start a new segment unless the record fits into the newest one."""
        records = seq - self._shelf.firsts[-1] if self._tail else RECORDS_PER_SEGMENT
        if records >= RECORDS_PER_SEGMENT or self._tail_bytes + size > SEGMENT_BYTES:
            self._close_tail()
            self._tail = open(self._directory + "/" + segment_name(seq), "wb")

    def _count(self, seq, size, cose_bytes):
        if self._tail_bytes:
            self._shelf.lasts[-1] = seq
        else:
            self._shelf.add_segment(seq)
        self._tail_bytes += size
        self._last, self._head = seq, event_hash(cose_bytes)

    def _close_tail(self):
        if self._tail:
            self._tail.close()
        self._tail, self._tail_bytes = None, 0

    def read(self, seq: int) -> bytes | None:
        """The bytes of one event, or None when it is not held (not yet, no longer, or lost: see damage)."""
        self.open()
        i = self._shelf.file_of(seq)
        if i < 0 or self._notes.after(seq - 1) != seq:
            return None
        found = self._reader.find(self._shelf, i, seq)
        if found is None:
            self._close_tail()  # it may be the damaged file
            found = self._reader.repair(self._shelf, i, seq, self._notes)
        return found

    def trim(self, up_to_seq: int) -> int:
        """Let go of events that the centre's receipt covers.  Returns how many went.

        Whole files go, the oldest first, at most TRIM_FILES of them; the file with the newest event stays, because
        the next event builds on it.  What is left goes with the next receipt.
        """
        self.open()
        shelf = self._shelf
        if self._left_over:
            from firmware.store import compaction

            compaction.remove_segments(self._directory, self._left_over, TRIM_FILES)
        removed = 0
        for _ in range(TRIM_FILES):
            if len(shelf) < 2 or shelf.lasts[0] > up_to_seq or self._left_over:
                break
            remove_if_there(self._directory + "/" + shelf.name(0))
            removed += shelf.lasts[0] - shelf.firsts[0] + 1
            shelf.drop(0)
        if len(shelf):
            self._notes.forget(min(up_to_seq, shelf.firsts[0] - 1))
        return removed

    def tidy(self) -> bool:
        """Do one piece of housekeeping; call it when idle, as long as it returns True.

        A piece is one archive written (some 0.5 s on the board) or two segments removed (some 50 ms).  append() does
        a piece itself only when twice LIVE_SEGMENTS have gathered.
        """
        self.open()
        if not self._left_over and len(self._shelf) - self._shelf.archives <= self._live_segments:
            return False
        from firmware.store import compaction  # seldom: code costs memory

        if self._left_over:
            compaction.remove_segments(self._directory, self._left_over, 2)
        else:
            self._left_over = compaction.write_archive(self._directory, self._shelf, self._notes)
        return bool(self._left_over)
