"""Promises about power cuts, on MicroPython's own LittleFS: every erase and program is a place to cut, whole or torn.

Each promise runs a piece of work once while recording, then for every cut mounts the rebuilt flash, opens, compares
with what had been acknowledged by then, goes on writing, and opens once more.
"""

import gc
import os

from firmware.store.journal import Journal
from firmware.store.settings import Settings
from firmware.store.tests import flash as flashes
from firmware.store.tests.flash import MOUNT, Flash
from protocol.cose import event_hash

BLOCKS = 40
DIRECTORY = MOUNT + "/data/journal"


def event(seq):
    """The bytes of event `seq`: about 200, different for each, now and then a long one."""
    size = 460 if seq % 11 == 0 else 180 + seq % 40
    return (b"%06d." % seq * 70)[:size]


class Recorder:
    """A flash that has been prepared; then runs work on it and remembers after which operation each step was done."""

    def __init__(self):
        self.flash = Flash(BLOCKS)
        flashes.make(self.flash)
        flashes.mount(self.flash)
        self.marks = []

    def record(self):
        """From here on every operation counts."""
        self.image = bytearray(self.flash.image)
        self.flash.log = []

    def mark(self, fact):
        """`fact` is acknowledged from now on."""
        self.marks.append((len(self.flash.log), fact))

    def end(self):
        """Power off.  The marks and the cuts."""
        flashes.unmount()
        log, self.flash = self.flash.log, None
        gc.collect()
        return flashes.every_cut(self.image, log)

    def known(self, done):
        """The fact that was acknowledged last when `done` operations had been made."""
        known = None
        for operations, fact in self.marks:
            if operations <= done:
                known = fact
        return known


class Count:
    """What a run has seen; printed at its end."""

    def __init__(self, name):
        self.name = name
        self.cuts = self.torn = self.extra = 0

    def cut(self, torn):
        self.cuts += 1
        self.torn += torn

    def tell(self, work):
        print(
            "%s: %s; %d cuts (%d of them torn), 0 acknowledged lost, %d with one record more than acknowledged"
            % (self.name, work, self.cuts, self.torn, self.extra)
        )


def reopened(acknowledged, trimmed, count, live_segments):
    """Open after a cut and compare: all that was acknowledged and not trimmed is there, and at most one more."""
    journal = Journal(DIRECTORY, live_segments).open()
    last, head = journal.last()
    assert journal.damage is None, journal.damage
    assert acknowledged <= last <= acknowledged + 1, (acknowledged, last)
    count.extra += last - acknowledged
    assert head == (event_hash(event(last)) if last else bytes(16))
    assert journal.oldest <= trimmed + 1, (journal.oldest, trimmed)
    for seq in range(max(trimmed + 1, journal.oldest), last + 1):
        assert journal.read(seq) == event(seq), seq
    return journal


def survives(recorder, count, live_segments):
    """Every cut: compare, write on, close, compare again."""
    for done, torn, flash in recorder.end():
        count.cut(torn)
        flashes.mount(flash)
        acknowledged, trimmed = recorder.known(done) or (0, 0)
        journal = reopened(acknowledged, trimmed, count, live_segments)
        last = journal.last()[0] + 2
        journal.append(last - 1, event(last - 1))
        journal.append(last, event(last))
        journal.trim(trimmed)
        journal.close()
        again = Journal(DIRECTORY, live_segments)
        assert again.last()[0] == last and again.damage is None, (
            done,
            torn,
            last,
            again.last(),
            again.damage,
        )
        for seq in range(trimmed + 1, last + 1):
            assert again.read(seq) == event(seq), seq
        again.close()
        gc.collect()


def appended(recorder, journal, first, last, trimmed=0):
    """Append a row of events, each acknowledged as soon as append() has returned."""
    for seq in range(first, last + 1):
        journal.append(seq, event(seq))
        recorder.mark((seq, trimmed))


def check_appending():
    """Power fails at any moment while events are written: none that was acknowledged is lost."""
    recorder, count = Recorder(), Count("append")
    recorder.record()
    journal = Journal(DIRECTORY)
    appended(recorder, journal, 1, 40)
    journal.close()
    survives(recorder, count, 32)
    count.tell("40 events, from an empty flash on")


def check_appending_over_many_starts():
    """The same when the device starts anew between the events."""
    recorder, count = Recorder(), Count("append over restarts")
    recorder.record()
    for seq in range(1, 25, 3):
        journal = Journal(DIRECTORY)
        appended(recorder, journal, seq, seq + 2)
        journal.close()
    survives(recorder, count, 32)
    count.tell("24 events, 8 starts")


def check_joining():
    """Power fails at any moment while old events are joined into archives: none is lost or doubled."""
    recorder, count = Recorder(), Count("compaction")
    journal = Journal(DIRECTORY, 4)
    for seq in range(1, 13):
        journal.append(seq, event(seq))
    recorder.record()
    recorder.mark((12, 0))
    appended(recorder, journal, 13, 48)
    while journal.tidy():
        pass
    assert len([name for name in os.listdir(DIRECTORY) if name.endswith(".arc")]) > 2
    journal.close()
    survives(recorder, count, 4)
    count.tell("36 events, joined into archives on the way")


def check_trimming():
    """Power fails at any moment while receipted events are let go: none that has no receipt goes with them."""
    recorder, count = Recorder(), Count("trim")
    journal = Journal(DIRECTORY, 4)
    for seq in range(1, 31):
        journal.append(seq, event(seq))
    recorder.record()
    recorder.mark((30, 0))
    seq = 30
    for receipted in (3, 9, 10, 22, 31, 34, 37):
        recorder.mark((seq, receipted))
        journal.trim(receipted)
        appended(recorder, journal, seq + 1, seq + 2, receipted)
        seq += 2
    journal.close()
    survives(recorder, count, 4)
    count.tell("7 receipts between 14 events")


def garble(path):
    """Change one byte in the middle of a file."""
    with open(path, "rb") as file:
        data = bytearray(file.read())
    data[len(data) // 4] ^= 0x10
    with open(path, "wb") as file:
        file.write(data)


def check_setting_aside():
    """Power fails at any moment while a damaged file is set aside: no whole event is lost, and the loss is told."""
    recorder, count = Recorder(), Count("set aside")
    journal = Journal(DIRECTORY)
    for seq in range(1, 11):
        journal.append(seq, event(seq))
    journal.close()
    garble(DIRECTORY + "/0000000003.seg")  # event 3
    garble(DIRECTORY + "/0000000009.seg")  # event 9; 10 stays
    recorder.record()
    journal = Journal(DIRECTORY)
    assert journal.damage == (2, 2)
    journal.append(11, event(11))
    recorder.mark("told")
    journal.settle_damage()
    recorder.mark("settled")
    journal.close()
    for done, torn, flash in recorder.end():
        count.cut(torn)
        flashes.mount(flash)
        journal, known = Journal(DIRECTORY), recorder.known(done)
        assert known == "settled" or known == "told" or journal.damage == (2, 2), (done, torn, journal.damage)
        assert known != "settled" or journal.damage is None
        assert journal.last()[0] in ((11,) if known else (10, 11))
        for seq in range(1, journal.last()[0] + 1):
            assert journal.read(seq) == (None if seq in (3, 9) else event(seq)), (done, torn, seq)
        journal.close()
    count.tell("2 damaged segments")


def check_settings():
    """Power fails at any moment while a setting is written: it reads as before or as after, never as neither."""
    recorder, count = Recorder(), Count("settings")
    values = [(b"%d-" % n * 900)[: 20 + 90 * n] for n in range(14)] + [b"", b"end"]
    recorder.record()
    settings = Settings(MOUNT + "/data/settings")
    for n, value in enumerate(values):
        settings.put("plan", value)
        settings.put("counter", b"%d" % n)
        recorder.mark(n)
    for done, torn, flash in recorder.end():
        count.cut(torn)
        flashes.mount(flash)
        known = recorder.known(done)
        settings = Settings(MOUNT + "/data/settings")
        for name, row in (("plan", values), ("counter", [b"%d" % n for n in range(len(values))])):
            allowed = ([None] if known is None else [row[known]]) + row[
                (-1 if known is None else known) + 1 :
            ][:1]
            found = settings.get(name)
            assert found in allowed, (done, torn, name, found)
            count.extra += found != allowed[0] and 1 or 0
            settings.put(name, b"after the cut")
            assert settings.get(name) == b"after the cut"
        gc.collect()
    count.tell("%d puts of 2 names" % (2 * len(values)))
