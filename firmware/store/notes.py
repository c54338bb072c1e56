"""Which events of the journal are known to be lost: notes on the flash, kept until told and receipted."""

import os

from firmware.store.shelf import note_name, numbers_in


class Notes:
    """The losses known so far: (last good seq, how many were lost after it), told or not."""

    def __init__(self, directory, names):
        self._directory = directory
        self._told = numbers_in(names, ".kept")
        self._new = numbers_in(names, ".bad")

    @property
    def news(self):
        """(last good seq before the first loss, number lost in all) of what is not told yet, or None."""
        return (min(self._new)[0], sum([lost for _, lost in self._new])) if self._new else None

    def after(self, seq: int) -> int:
        """The first number after `seq` that is not known to be lost."""
        seq += 1
        for last_good, lost in sorted(self._told + self._new):
            if last_good < seq <= last_good + lost:
                seq = last_good + lost + 1
        return seq

    def add(self, last_good: int, lost: int, file_name=None) -> None:
        """Note a loss; `file_name` is the damaged file, which is kept as the note itself."""
        note = self._directory + "/" + note_name(last_good, lost, False)
        if file_name is None:
            with open(note, "wb"):
                pass
        else:
            os.rename(self._directory + "/" + file_name, note)
        self._new.append((last_good, lost))

    def settle(self) -> None:
        """All has been told: it is news no longer."""
        while self._new:
            last_good, lost = self._new[-1]
            path = self._directory + "/"
            os.rename(path + note_name(last_good, lost, False), path + note_name(last_good, lost, True))
            self._told.append(self._new.pop())

    def forget(self, up_to_seq: int) -> None:
        """Remove the told notes of losses up to here: the centre has receipted what came after them."""
        for last_good, lost in [note for note in self._told if note[0] + note[1] <= up_to_seq]:
            os.remove(self._directory + "/" + note_name(last_good, lost, True))
            self._told.remove((last_good, lost))
