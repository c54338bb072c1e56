"""The folder in which udev names each serial port by the serial number of its stick: /dev/serial/by-id."""

import os
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

_MOST_NAMES = 256  # far more ports than a machine has; a folder that holds more is no udev folder
# A change in the same tick of the kernel's clock as our reading leaves no other time at the folder: read once more.
_READ_AGAIN = 2


class NameFolder:
    """read() now and then; cheap while nothing is plugged or pulled."""

    def __init__(self, folder: Path, but: Sequence[str] = ()) -> None:
        """but: paths of ports that are somebody else's; names that lead to one of them are left out."""
        self._folder = folder
        self._but = but
        self._changed_ns = -1
        self._again = 0

    def read(self) -> list[str] | None:
        """Names of all ports that are there now, None when it is as it was.  Raises OSError when it cannot be read.

        udev makes the folder with the first port and removes it with the last, and it writes no odd characters: a name
        that has some is nobody's.
        """
        try:
            changed_ns = os.stat(self._folder).st_mtime_ns
        except FileNotFoundError:
            changed_ns = 0
        if changed_ns != self._changed_ns:
            self._changed_ns, self._again = changed_ns, _READ_AGAIN
        elif self._again == 0:
            return None
        else:
            self._again -= 1
        return self._names() if changed_ns else []

    def _names(self) -> list[str]:
        try:
            with os.scandir(self._folder) as entries:
                names = [entry.name for entry in islice(entries, _MOST_NAMES) if entry.name.isprintable()]
        except FileNotFoundError:  # the last one was pulled a moment ago
            return []
        except OSError:
            self._changed_ns = -1  # to be told again until it is mended
            raise
        taken = {os.path.realpath(path) for path in self._but}
        return [name for name in names if not taken or os.path.realpath(self._folder / name) not in taken]
