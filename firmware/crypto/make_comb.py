"""Make a comb table: on a computer the generator's, for comb.bin; on the board the centre key's, once, when trusted.

python -m firmware.crypto.make_comb        writes firmware/crypto/comb.bin
"""

from firmware.crypto.comb import COLUMNS, POINTS, ROWS, TABLE_BYTES, TABLES
from firmware.crypto.curve import GX, GY, P, add, affine, double, point_bytes

GROUP = 8  # points that share one inversion


def table_of(x: int, y: int) -> bytearray:
    """The comb table of the affine point (x, y): 64 points of 64 bytes (comb.py).  Takes a verify's time."""
    table = bytearray(TABLE_BYTES)
    fill(memoryview(table), x, y)
    return table


def fill(table, x: int, y: int) -> None:
    """Write the comb table of (x, y) into a memoryview of TABLE_BYTES.

    The caller makes the room beforehand: while points are made, those that are ready lie all over the board's heap,
    and no 4 KB in one piece are left at the end.  For the same reason only eight points wait for their inversion.
    """
    bases, doubles = _bases(x, y)
    for half in range(TABLES):
        waiting = []
        for index, point in _sub_table(bases[half::TABLES], doubles[half::TABLES]):
            waiting.append((POINTS * half + index, point))
            if len(waiting) == GROUP:
                _write(table, waiting)
                waiting = []


def _write(table, waiting):
    points = affine([point for _, point in waiting])
    for i in range(len(waiting)):
        at = 64 * waiting[i][0]
        table[at : at + 64] = point_bytes(*points[i])[1:]


def _bases(x, y):
    """The affine points 2 ** (22 i) times (x, y), and their doubles, for i from 0 to 11."""
    bases, doubles = [], []
    point = (x, y, 1, 1)
    for i in range(COLUMNS * ROWS * TABLES):
        if i % COLUMNS == 0:
            bases.append(point)
        point = double(point)
        if i % COLUMNS == 0:
            doubles.append(point)
    return affine(bases), affine(doubles)


def _sub_table(rows, doubles):
    """Generate (index, XYZZ point): index bit r set is plus row r, clear is minus row r; the top row is always plus.

    In the order of Gray's code, each index differs from the one before in one bit: one addition of a double.
    """
    point = (rows[-1][0], rows[-1][1], 1, 1)
    for x, y in rows[:-1]:
        point = add(point, x, P - y)
    yield 0, point
    index = 0
    for count in range(1, POINTS):
        row = 0
        while not count >> row & 1:
            row += 1
        index ^= 1 << row
        x, y = doubles[row]
        point = add(point, x, y if index >> row & 1 else P - y)
        yield index, point


if __name__ == "__main__":
    with open(__file__.rsplit("/", 1)[0] + "/comb.bin", "wb") as file:
        file.write(table_of(GX, GY))
