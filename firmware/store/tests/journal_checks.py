"""Promises of the journal, kept on CPython and on MicroPython, in a real directory."""

import gc
import os

from firmware.store.journal import SEGMENT_BYTES, Journal
from protocol.cose import event_hash
from protocol.errors import RuleError


def event(seq):
    """The bytes of event `seq`."""
    return (b"%06d." % seq * 70)[: 180 + seq % 40]


def filled(directory, count, live_segments=32):
    """A journal with events 1 to count, opened anew."""
    journal = Journal(directory, live_segments)
    for seq in range(1, count + 1):
        journal.append(seq, event(seq))
    journal.close()
    return journal


def files(directory, ending):
    """The names of the files with this ending."""
    return sorted([name for name in os.listdir(directory) if name.endswith(ending)])


def size_of(path):
    """Bytes of a file."""
    with open(path, "rb") as file:
        return file.seek(0, 2)


def rewrite(path, change):
    """Replace a file's bytes by change(bytes)."""
    with open(path, "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(change(data))


def flipped(at):
    """A change of one bit."""
    return lambda data: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def all_read(journal, first, last, lost=()):
    """Assert that every event is there, but for the lost ones."""
    for seq in range(first, last + 1):
        assert journal.read(seq) == (None if seq in lost else event(seq)), seq


def check_an_empty_journal(directory):
    """A new device has no event, no head and no damage; its directory is made."""
    journal = Journal(directory)
    assert journal.last() == (0, bytes(16))
    assert journal.oldest == 0 and journal.damage is None
    assert journal.read(0) is None and journal.read(1) is None
    assert journal.trim(5) == 0 and not journal.tidy()


def check_what_is_appended_is_there_after_a_restart(directory):
    """Every event comes back with its own bytes, in this run and the next, and the next number goes on."""
    journal = Journal(directory)
    for seq in range(1, 12):
        journal.append(seq, event(seq))
        assert journal.last() == (seq, event_hash(event(seq)))
        assert journal.read(seq) == event(seq)
    all_read(journal, 1, 11)
    again = Journal(directory).open()
    assert again.last() == (11, event_hash(event(11))) and again.oldest == 1
    all_read(again, 1, 11)
    again.append(12, event(12))
    assert Journal(directory).read(12) == event(12)
    assert again.read(13) is None


def check_numbers_follow_each_other(directory):
    """An event with a number that is not the next is refused, and so is an empty or a huge one."""
    journal = filled(directory, 3)
    for seq, data in ((3, b"x"), (5, b"x"), (0, b"x"), (4, b""), (4, bytes(8193))):
        try:
            journal.append(seq, data)
        except RuleError:
            continue
        raise AssertionError(seq)
    journal.append(4, bytes(8192))
    assert Journal(directory).read(4) == bytes(8192)


def check_small_files(directory):
    """A file takes two events of the usual size and never more than 512 bytes, which is what flash writes fastest."""
    filled(directory, 20)
    sizes = [size_of(directory + "/" + name) for name in files(directory, ".seg")]
    assert len(sizes) == 10 and max(sizes) <= SEGMENT_BYTES


def check_receipted_events_go(directory):
    """Events go only as far as the receipt reaches; the newest stays, so that the chain goes on from it."""
    journal = filled(directory, 20)
    assert journal.trim(0) == 0 and journal.oldest == 1
    assert journal.trim(7) == 6 and journal.oldest == 7
    assert journal.trim(7) == 0
    all_read(journal, 7, 20)
    assert journal.read(6) is None
    assert journal.trim(20) == 12 and journal.oldest == 19
    again = Journal(directory)
    assert again.last() == (20, event_hash(event(20))) and again.damage is None
    again.append(21, event(21))
    assert again.trim(21) == 2 and again.oldest == 21


def check_old_events_are_joined(directory):
    """Many events without a receipt make few files, all of them readable, also while files are being joined."""
    journal = Journal(directory, 4)
    for seq in range(1, 101):
        journal.append(seq, event(seq))
        assert len(files(directory, ".seg")) <= 18
        assert journal.read(seq // 2 + 1) == event(seq // 2 + 1)
    while journal.tidy():
        pass
    assert len(os.listdir(directory)) < 25 and journal.damage is None
    all_read(journal, 1, 100)
    again = Journal(directory, 4)
    assert again.damage is None
    all_read(again, 1, 100)
    for seq in (99, 1, 50, 51, 49, 2, 100):
        assert again.read(seq) == event(seq)
    assert again.trim(60) > 40 and again.oldest <= 61
    all_read(again, 61, 100)


def check_a_changed_bit_in_the_middle(directory):
    """One bad bit costs one event: it is counted, told until settled, its bytes are kept, and all others are read."""
    filled(directory, 10)
    rewrite(directory + "/0000000005.seg", flipped(30))
    journal = Journal(directory).open()
    assert journal.damage == (4, 1)
    all_read(journal, 1, 10, (5,))
    assert files(directory, ".bad") == ["0000000004+1.bad"]
    assert Journal(directory).damage == (4, 1)
    journal.append(11, event(11))
    journal.settle_damage()
    assert journal.damage is None
    again = Journal(directory)
    assert again.damage is None and files(directory, ".kept") == ["0000000004+1.kept"]
    all_read(again, 1, 11, (5,))
    again.trim(11)
    assert files(directory, ".kept") == []


def check_every_place_to_truncate(directory):
    """The newest file cut short anywhere inside its last event: one lost, told, and its number is never used again."""
    for cut in range(1, len(event(8)) + 10):
        at = directory + str(cut)
        filled(at, 8)
        rewrite(at + "/0000000007.seg", lambda data, cut=cut: data[:-cut])
        journal = Journal(at)
        assert journal.damage == (7, 1), (cut, journal.damage)
        assert journal.last() == (8, event_hash(event(7)))
        journal.append(9, event(9))
        again = Journal(at)
        assert again.damage == (7, 1) and again.last()[0] == 9
        all_read(again, 1, 9, (8,))


def check_garbage_instead_of_the_newest_file(directory):
    """The newest file holds nothing but garbage: all it can have held counts as lost, and the journal goes on."""
    filled(directory, 8)
    rewrite(directory + "/0000000007.seg", lambda data: b"\xa5" * len(data))
    journal = Journal(directory)
    assert journal.damage == (6, 2) and journal.last() == (8, event_hash(event(6)))
    journal.append(9, event(9))
    again = Journal(directory)
    assert again.last()[0] == 9 and again.damage == (6, 2)
    all_read(again, 1, 9, (7, 8))


def check_a_file_that_is_gone(directory):
    """A file in the middle is missing altogether: what it held is counted as lost, once."""
    filled(directory, 12)
    os.remove(directory + "/0000000005.seg")
    os.remove(directory + "/0000000007.seg")
    for _ in range(2):
        journal = Journal(directory)
        assert journal.damage == (4, 4)
        all_read(journal, 1, 12, (5, 6, 7, 8))
        journal.close()
    rewrite(directory + "/0000000009.seg", lambda data: b"")
    journal = Journal(directory)
    assert journal.damage == (4, 6)
    all_read(journal, 1, 12, (5, 6, 7, 8, 9, 10))


def check_everything_is_garbage(directory):
    """No event is left at all: all are counted, and the numbers still go on behind them."""
    filled(directory, 6)
    for name in files(directory, ".seg"):
        rewrite(directory + "/" + name, lambda data: bytes(len(data)))
    for _ in range(2):
        journal = Journal(directory)
        assert journal.damage == (0, 6) and journal.last() == (6, bytes(16))
        journal.close()
    journal.append(7, event(7))
    journal.settle_damage()
    again = Journal(directory)
    assert again.last()[0] == 7 and again.damage is None


def check_damage_in_an_archive(directory):
    """A bad bit in old, joined events shows when they are read: one is lost and told, all others are read."""
    journal = filled(directory, 60, 4)
    while journal.tidy():
        pass
    journal.close()
    name = files(directory, ".arc")[0]
    record = size_of(directory + "/" + name) // 20
    for at in (10 * record, 3):
        rewrite(directory + "/" + name, flipped(at))
    journal = Journal(directory, 4).open()
    assert journal.damage is None
    lost = [seq for seq in range(1, 61) if journal.read(seq) != event(seq)]
    assert len(lost) == 2 and lost[0] == 1
    assert journal.damage == (0, 2)
    again = Journal(directory, 4)
    assert again.damage == (0, 2) and again.last()[0] == 60
    all_read(again, 1, 60, lost)


def check_ninety_days_without_a_receipt(directory):
    """5,000 events wait for a receipt: the journal opens with under 10 KB of memory and finds every one."""
    journal = Journal(directory)
    for seq in range(1, 5001):
        journal.append(seq, event(seq))
    journal.close()
    del journal
    count = len(os.listdir(directory))
    assert count < 160
    gc.collect()
    before = gc.mem_alloc() if hasattr(gc, "mem_alloc") else 0
    journal = Journal(directory).open()
    gc.collect()
    kept = (gc.mem_alloc() if hasattr(gc, "mem_alloc") else 0) - before
    assert kept < 10000 and journal.last()[0] == 5000
    all_read(journal, 1, 5000)
    print("5,000 events in %d files; %d bytes of heap kept when open" % (count, kept))
    rounds = 0
    while journal.trim(5000):
        rounds += 1
    assert rounds < 9 and journal.oldest >= 4999 and len(os.listdir(directory)) == 1
