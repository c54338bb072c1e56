"""The outbox on a disk that is full, a real one: a small file system, or the kernel's limit on the file's size."""

import os
import resource
import signal
import sqlite3
import subprocess
from contextlib import contextmanager

import pytest

from hub.edges.outbox import Outbox
from hub.tests.test_outbox import ANY, A, event

DISK_BYTES = 512 << 10


@contextmanager
def small_disk(folder):
    """A file system of 512 KB under the folder.  Yields a function that makes room; skipped where nobody may mount."""
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "none", str(folder)], capture_output=True
    )
    if made.returncode:
        pytest.skip("this machine lets nobody mount a file system; the limit of the kernel is tried instead")
    filler = folder / "somebody-elses.log"
    filler.write_bytes(bytes(DISK_BYTES // 2))
    try:
        yield filler.unlink
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def small_files(_folder):
    """No file of this process grows over 256 KB.  Yields a function that lifts the limit."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old_signal = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (DISK_BYTES // 2, before[1]))
    try:
        yield lambda: resource.setrlimit(resource.RLIMIT_FSIZE, before)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old_signal)


@pytest.mark.skipif(os.name != "posix", reason="limits of a POSIX kernel")
@pytest.mark.parametrize("narrow", [small_disk, small_files])
def test_a_full_disk_refuses_whole_events_and_goes_on_when_there_is_room(tmp_path, narrow, record_property):
    """On a full disk nothing is half stored and nothing is forgotten; when there is room the next event is taken."""
    with narrow(tmp_path) as make_room:
        box = Outbox(tmp_path / "outbox.sqlite3")
        box.open()
        stored = 0
        with pytest.raises(sqlite3.OperationalError) as full:
            while True:
                box.begin()
                box.store([event(A, n) for n in range(stored + 1, stored + 11)], 7)
                box.commit()
                stored += 10
        assert not box.is_damage(full.value)
        box.rollback()
        assert box.tip(A)[0] == stored and len(box.rows(0, ANY, 1 << 20)) == stored
        make_room()
        box.begin()
        assert box.store([event(A, stored + 1)], 7) == ["store"]
        box.commit()
        box.close()
        box.open()
        assert box.tip(A)[0] == stored + 1 and len(box.rows(0, ANY, 1 << 20)) == stored + 1
        box.close()
    record_property(
        "count", f"full disk ({narrow.__name__}): {stored} events stored, {full.value}, none lost"
    )
