"""The folder in which udev names each serial port by the serial number of its stick: /dev/serial/by-id."""

import os
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

_MOST_NAMES = 256  # far more ports than a machine has; a folder that holds more is no udev folder


def names_in(folder: Path, but: Iterable[str] = ()) -> list[str]:
    """Names of all ports that are there now, except those that lead to one of the paths `but`.

    udev makes the folder with the first port and removes it with the last, and it writes no odd characters: a name that
    has some is nobody's.  Raises OSError when it cannot be read.
    """
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, _MOST_NAMES) if entry.name.isprintable()]
    except FileNotFoundError:
        return []
    taken = {os.path.realpath(path) for path in but}
    return [name for name in names if os.path.realpath(folder / name) not in taken]
