"""Processor time of the PIN check on MicroPython, beside a naive P-256 multiplication.  run.py starts this.

Prints [[microseconds of the check, of the multiplication], one pair for each round] as JSON.
"""

import json
import sys

HERE = __file__.rsplit("/", 1)[0]
sys.path[0:0] = [HERE + "/../..", HERE + "/../es256"]

import naive_p256 as naive  # noqa: E402
from measure import PRIVATE, batch_us  # noqa: E402

from firmware.crypto.curve import GX, GY  # noqa: E402
from protocol.credentials import pin_hash  # noqa: E402

ROUNDS = 7
CALLS = 3  # some 20 ms each


def main():
    """Measure and print."""
    rows = []
    for _ in range(ROUNDS):
        check_us = batch_us(lambda: pin_hash("402163", b"device.1"), CALLS)
        rows.append([check_us, batch_us(lambda: naive.multiply(PRIVATE, GX, GY), CALLS)])
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
