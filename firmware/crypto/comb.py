"""Multiply a point that is known beforehand, with a signed comb: 6 rows, 2 sub-tables, 64 points, 4,096 bytes.

An odd scalar is a sum of 264 digits that are all +1 or -1.  Laid out as 6 rows of 44, one column is one look-up, and
the upper half of the columns has its own sub-table (the same points times 2 ** 22), so one scalar takes 44 additions
and 21 doublings.  The top row's sign is taken out, which halves the table.

Why this shape: 4 KB is the knee.  On an emulated RP2040, 512 B sign in 1.7 times the time, 32 KB in 0.77.
Source: M. Hamburg, "Fast and compact elliptic-curve cryptography", 2012 (signed all-bits comb).
"""

from firmware.crypto.curve import N, P

ROWS = 6
TABLES = 2
COLUMNS = 22  # of one sub-table
POINTS = 32  # of one sub-table: the signs of all rows but the top one
TABLE_BYTES = TABLES * POINTS * 64

ROW_NIBBLES = TABLES * COLUMNS // 4
ALL = (1 << 4 * ROW_NIBBLES * ROWS) - 1
SPREAD = {"%x" % n: bytes([n >> 3, n >> 2 & 1, n >> 1 & 1, n & 1]) for n in range(16)}


def columns_of(bits: int) -> bytes:
    """The 44 columns of a 264-bit number in 6 rows, highest column first; the top row is bit 5 of each byte.

    Each row is spread to one bit a byte, then six additions merge them: picking the 264 bits one by one
    costs a sixth of a signature.
    """
    text = "{:066x}".format(bits)
    merged = 0
    for at in range(0, len(text), ROW_NIBBLES):
        row = b"".join([SPREAD[nibble] for nibble in text[at : at + ROW_NIBBLES]])
        merged = (merged << 1) + int.from_bytes(row, "big")
    return merged.to_bytes(TABLES * COLUMNS, "big")


def read_table(path, at=0):
    """A comb table of a file, where it begins at byte `at`, as a memoryview: its slices copy nothing.

    Raises ValueError when the file is not whole.
    """
    with open(path, "rb") as file:
        file.seek(at)
        table = file.read(TABLE_BYTES)
    if len(table) < TABLE_BYTES:
        raise ValueError(path + " is not whole")
    return memoryview(table)


class CombTerm:
    """`scalar` (0 to N - 1) times the point whose comb `table` is (read_table).  A term for curve.sum_at_bits."""

    def __init__(self, table, scalar):
        self._table = table
        self._plus = scalar & 1  # an even scalar has no all-odd digits: take minus (N - scalar)
        odd = scalar if self._plus else N - scalar
        self._columns = columns_of((odd + ALL) >> 1)  # bit 1 is the digit +1, bit 0 the digit -1

    def at(self, i):
        """The points to add at bit i: one of each sub-table in the last 22 places, none before."""
        if i >= COLUMNS:
            return ()
        low, high = self._columns[2 * COLUMNS - 1 - i], self._columns[COLUMNS - 1 - i]
        return self._point(0, low), self._point(POINTS, high)

    def _point(self, first, column):
        plus = column >> ROWS - 1
        at = 64 * (first + (column & POINTS - 1 if plus else column ^ POINTS - 1))
        point = self._table[at : at + 64]
        x, y = int.from_bytes(point[:32], "big"), int.from_bytes(point[32:], "big")
        return x, y if plus == self._plus else P - y
