"""Measure ES256 on MicroPython: ours against plain double-and-add.  run.py starts this and prints what it finds.

`measure.py times` prints {operation: [CPU microseconds, one for each round]} as JSON, `measure.py bytes` prints
{operation: bytes allocated by one call}, which needs a heap that holds them all, because the collector is off.
"""

import gc
import json
import sys
import time
from hashlib import sha256

HERE = __file__.rsplit("/", 1)[0]
sys.path[0:0] = [HERE + "/../..", HERE]

import naive_p256 as naive  # noqa: E402

from firmware.crypto import p256  # noqa: E402
from firmware.crypto.curve import GX, GY, point_of  # noqa: E402
from firmware.crypto.make_comb import table_of  # noqa: E402

ROUNDS = 25
BATCH_US = 40000  # of one operation in each round: the processor clock may tick in milliseconds

PRIVATE = 0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721
DIGEST = sha256(b"sample").digest()


def operations():
    """(name, function) of each row, after a look whether all agree."""
    point = p256.public_point(PRIVATE)
    x, y = point_of(point)
    signature = p256.sign(PRIVATE, DIGEST)
    table = table_of(x, y)
    assert naive.sign(PRIVATE, DIGEST) == signature and naive.verify(x, y, DIGEST, signature)
    assert p256.verify(point, DIGEST, signature) and p256.verify_known(table, DIGEST, signature)
    return (
        ("naive multiplication", lambda: naive.multiply(PRIVATE, GX, GY)),
        ("naive sign", lambda: naive.sign(PRIVATE, DIGEST)),
        ("sign", lambda: p256.sign(PRIVATE, DIGEST)),
        ("naive verify", lambda: naive.verify(x, y, DIGEST, signature)),
        ("verify, a key met first (wNAF)", lambda: p256.verify(point, DIGEST, signature)),
        ("verify, the centre's key (its own comb)", lambda: p256.verify_known(table, DIGEST, signature)),
        ("public point", lambda: p256.public_point(PRIVATE)),
        ("make a key's comb, once", lambda: table_of(x, y)),
    )


def batch_us(function, calls):
    """Microseconds of processor time of one call, as the mean of a batch; what other processes take does not count."""
    gc.collect()
    start = time.clock()
    for _ in range(calls):
        function()
    return int((time.clock() - start) * 1000000) // calls


def bytes_of(function):
    """Bytes that one call allocates."""
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    function()
    used = gc.mem_alloc() - before
    gc.enable()
    return used


def times():
    """Interleaved rounds, so that a machine that slows down slows all alike.  The collector works as always."""
    rows = operations()
    calls = {name: max(1, BATCH_US // batch_us(function, 10)) for name, function in rows}
    found = {name: [] for name, _ in rows}
    for _ in range(ROUNDS):
        for name, function in rows:
            found[name].append(batch_us(function, calls[name]))
    return found


if __name__ == "__main__":
    print(json.dumps(times() if sys.argv[1] == "times" else {name: bytes_of(f) for name, f in operations()}))
