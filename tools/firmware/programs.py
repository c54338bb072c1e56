"""The programs that are pasted into a board's prompt.  They run on MicroPython alone, before any firmware of ours.

Both ends speak binary then; Ctrl-C is off meanwhile (micropython.kbd_intr(-1)), for a 3 in a file is no wish to stop.
A watchdog that the firmware started cannot be stopped, so it is fed with each block; it also ends the wait for a tool
that has gone.
"""

BLOCK = 4096  # bytes of a file between two answers: a block of the flash
WINDOW_BITS = 13  # of deflate: 8 KB of the board's memory; 15 would save 7 % more and take 32 KB

# One dictionary in JSON: which board, which MicroPython, how many bytes are free.
PROBE = """
import sys, os, json
found = {"platform": sys.platform, "mpy": getattr(sys.implementation, "_mpy", 0) & 0xFFFF}
found["version"] = list(sys.implementation.version)[:3]
found["machine"] = getattr(sys.implementation, "_machine", "")
try:
    import machine
    found["id"] = machine.unique_id().hex()
except (ImportError, AttributeError):
    found["id"] = ""
try:
    import this_board
    found["virtual"] = True
except ImportError:
    found["virtual"] = False
space = os.statvfs("/")
found["free"] = space[0] * space[3]
print(json.dumps(found))
"""

# What the board's own loader says of its versions: {} without a record; no loader is an ImportError.
RECORD = """
import json
from loader.boot_record import load
record = load()
said = {}
if record:
    said = {"active": record.active, "sequence": record.sequence(record.active), "highest": record.highest}
    said["loader"] = record.loader
print(json.dumps(said))
"""

# Asks and answers are told in tools/firmware/receiver.py.
RECEIVER = """
import sys, os, gc, select, hashlib, deflate, micropython
micropython.kbd_intr(-1)
source, sink = sys.stdin.buffer, sys.stdout.buffer
buffer = bytearray(BLOCK)
view = memoryview(buffer)
gc.collect()
try:
    from machine import WDT
    feed = WDT(timeout=8388).feed
except (ImportError, AttributeError, OSError, ValueError):
    def feed():
        pass
def take(n):
    data = b""
    while len(data) < n:
        data += source.read(1)
    return data
def number(n):
    return int.from_bytes(take(n), "big")
def folders(path):
    parts = path.split("/")[1:-1]
    at = ""
    for part in parts:
        at += "/" + part
        try:
            os.mkdir(at)
        except OSError as error:
            if error.errno != 17:
                raise
def remove(path):
    try:
        os.remove(path)
    except OSError as error:
        if error.errno != 2:
            raise
def told(path):
    try:
        file = open(path, "rb")
    except OSError as error:
        if error.errno != 2:
            raise
        sink.write(b"-")
        return
    size, digest = 0, hashlib.sha256()
    with file:
        n = file.readinto(buffer)
        while n:
            feed()
            digest.update(view[:n])
            size += n
            n = file.readinto(buffer)
    sink.write(b"=" + size.to_bytes(4, "big") + digest.digest())
def written(path, size):
    folders(path)
    fresh = path + ".new"
    remove(fresh)
    stream = deflate.DeflateIO(source, deflate.RAW, WINDOW_BITS)
    with open(fresh, "wb") as file:
        while size:
            want = min(size, BLOCK)
            got = 0
            while got < want:
                got += stream.readinto(view[got:want])
            file.write(view[:want])
            feed()
            size -= want
            sink.write(b"+")
    stream.read(1)
    told(fresh)
    if take(1) == b"!":
        os.rename(fresh, path)
        sink.write(b"+")
    else:
        remove(fresh)
        sink.write(b"-")
def sent(path):
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        sink.write(b"=" + size.to_bytes(4, "big"))
        n = file.readinto(buffer)
        while n:
            feed()
            sink.write(view[:n])
            n = file.readinto(buffer)
def listed(path):
    try:
        rows = [row for row in os.ilistdir(path)]
    except OSError:
        rows = []
    names = [row[0] + ("/" if row[1] == 0x4000 else "") for row in rows]
    data = "\\n".join(names).encode()
    sink.write(b"=" + len(data).to_bytes(4, "big") + data)
def removed(path):
    remove(path)
    sink.write(b"+")
def quiet():
    poll = select.poll()
    poll.register(sys.stdin, 1)
    while poll.poll(300):
        source.read(1)
sink.write(b"R")
try:
    while True:
        what = take(1)
        if what == b"Q":
            break
        path = take(number(1)).decode()
        feed()
        if what == b"W":
            written(path, number(4))
        else:
            {b"H": told, b"D": removed, b"S": sent, b"L": listed}[what](path)
except Exception as error:
    sink.write(b"E")
    quiet()
    raise
finally:
    micropython.kbd_intr(3)
"""


def begin_slot(slot: str) -> str:
    """The program after which the other slot is not started, whatever happens to it."""
    return f"from loader import boot_record, record\nboot_record.save(record.prepared(boot_record.load(), {slot!r}))"


def end_slot(slot: str, sequence: int, digest: bytes) -> str:
    """The program after which a slot's version is the one that starts: on trial if there is another one."""
    return f"""
import sys
for name in [name for name in sys.modules if name.startswith("loader")]:
    del sys.modules[name]  # those of before the loader was written
from loader import boot_record, record
old = boot_record.load()
if old is None:
    boot_record.save(record.first({slot!r}, {sequence}, {digest!r}))
elif old.active != {slot!r}:
    boot_record.save(record.installed(old, {slot!r}, {sequence}, {digest!r}))
elif old.digest({slot!r}) != {digest!r}:
    boot_record.save(record.first({slot!r}, {sequence}, {digest!r}))
"""


def receiver() -> str:
    """The program that takes and gives files."""
    return f"BLOCK = {BLOCK}\nWINDOW_BITS = {WINDOW_BITS}\n{RECEIVER}"
