"""Every pouch of the multidose dispenser, wherever it is: on the roll, in the drawer, in the retention chamber.

What is printed and packed lies in a host file, 19 bytes a pouch; which pouch lies where, in the world, so that a pouch
is never in two places nor in none when the process is killed.
"""

import struct

FORM = "<16sBBB"  # label, mm, pills, flags
SIZE = 19
RECORDS = 176  # a full roll, a full drawer and a full chamber
STRIP, DRAWER, CHAMBER = 128, 16, 24  # how many fit there
JOINED, TORN, UNREADABLE, CUT_OPEN = 1, 2, 4, 8  # flags; joined: no perforation to the next one


class Pouches:
    """Places "strip", "drawer", "chamber": each holds numbers of pouches, 1 to 176, in the order they came."""

    def __init__(self, world):
        self._file = world.file("pouches.bin", RECORDS * SIZE)
        self._places = {
            "strip": world.block("strip", STRIP),
            "drawer": world.block("drawer", DRAWER),
            "chamber": world.block("chamber", CHAMBER),
        }

    def numbers(self, place):
        return bytes(self._places[place]).rstrip(b"\0")

    def room(self, place):
        return len(self._places[place]) - len(self.numbers(place))

    def keep(self, place, numbers):
        """Not stored: follow with world.save()."""
        view = self._places[place]
        view[:] = numbers + bytes(len(view) - len(numbers))

    def record(self, number):
        """(label, mm, pills, flags)"""
        self._file.seek((number - 1) * SIZE)
        label, mm, pills, flags = struct.unpack(FORM, self._file.read(SIZE))
        return label.rstrip(b"\0").decode(), mm, pills, flags

    def write(self, records):
        """Numbers, not yet at any place, that describe these pouches from now on."""
        used = b"".join([self.numbers(place) for place in self._places])
        free = (number for number in range(1, RECORDS + 1) if number not in used)
        numbers = bytearray()
        for label, mm, pills, flags in records:
            numbers.append(next(free))
            self._file.seek((numbers[-1] - 1) * SIZE)
            self._file.write(struct.pack(FORM, label.encode(), mm, pills, flags))
        return bytes(numbers)

    def labels(self, place):
        return [self.record(number)[0] for number in self.numbers(place)]

    def piece(self, numbers):
        """How many from the front hang together."""
        count = 1
        while count < len(numbers) and self.record(numbers[count - 1])[3] & JOINED:
            count += 1
        return count
