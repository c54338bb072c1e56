"""Read single events; one after the other costs one header each, because the place of the last one is remembered."""

from firmware.store.records import find, scan


class Reader:
    """Reads from the files of one directory."""

    def __init__(self, directory):
        self._directory = directory
        self._name = ""  # file of the record read last
        self._next_seq = 0
        self._at = 0  # where the record behind it starts

    def find(self, shelf, i: int, seq: int):
        """The bytes of event `seq` in file i, or None when the way there is broken."""
        name = shelf.name(i)
        at, low = 0, shelf.firsts[i]
        if self._name == name and self._next_seq <= seq:
            at, low = self._at, self._next_seq
        with open(self._directory + "/" + name, "rb") as file:
            found = find(file, seq, at, low)
        if found is None:
            return None
        self._name, self._next_seq, self._at = name, seq + 1, found[1]
        return found[0]

    def repair(self, shelf, i: int, seq: int, notes):
        """Set file i aside if records are missing in it.  Then the bytes of event `seq`, or None: it is lost."""
        from firmware.store.damage import losses_in, set_aside  # seldom: code costs memory

        self._name = ""
        first, last = shelf.firsts[i], shelf.lasts[i]
        path = self._directory + "/" + shelf.name(i)
        losses, _ = losses_in(path, first, last, notes)
        if losses and not set_aside(self._directory, shelf.name(i), first, last, losses, notes):
            shelf.drop(i)
            return None
        with open(path, "rb") as file:
            for here, data, _, _ in scan(file, first, last):
                if here == seq:
                    return data
        return None
