"""Why a serial port cannot be used, each in one sentence a technician can act on.  Pure."""

import errno

# Eight frames in a row that fail their checksum and none that passes: at the right speed on the worst line of our
# tests (1 % of frames damaged) that is one in 10^16.
GARBAGE_FRAMES = 8


def open_fault(path: str, error_number: int | None, detail: str) -> str:
    """Sentence for an open() that failed.  error_number: errno, or None when the system gave none."""
    if error_number in (errno.ENOENT, errno.ENODEV, errno.ENXIO):
        return f"There is no port {path}: plug the dispenser in, or correct the path in the config."
    if error_number in (errno.EBUSY, errno.EAGAIN):
        return f"Port {path} is busy: another program has it open; stop that program."
    if error_number in (errno.EACCES, errno.EPERM):
        return f"No permission for port {path}: add the hub's user to the group that owns it (often dialout)."
    if error_number in (errno.ENOTTY, errno.EINVAL):
        return f"{path} is not a serial port: correct the path in the config."
    return f"Port {path} cannot be opened: {detail}."


def gone(path: str) -> str:
    """Sentence for a port that was open and went away."""
    return f"Port {path} went away: the cable was pulled or the dispenser lost its USB side; the hub opens it again."


def comes_and_goes(path: str) -> str:
    """Sentence for a port that breaks soon after each opening."""
    return f"Port {path} comes and goes: check plug, cable and the dispenser's supply, or try another socket."


def unplugged(path: str) -> str:
    """Sentence for a found port whose name is gone."""
    return f"Port {path} was unplugged; the hub serves it again when it is back, in whatever socket."


def elsewhere(path: str) -> str:
    """Sentence for an open port whose name now belongs to another stick, while the first still speaks."""
    return (
        f"Two sticks share the name {path}, and the hub serves the one that came first: they have no serial numbers"
        " of their own; name them in [[port]] by their paths in /dev/serial/by-path."
    )


def copy_of(path: str, device: str) -> str:
    """Sentence for a port whose dispenser says that it is one which is linked at another port, and both speak."""
    return (
        f"Port {path}: a second dispenser says that it is {device}, while that one is linked at another port: one of"
        " the two is a copy; take it away and tell whoever looks after the dispensers."
    )


def too_many_ids(path: str) -> str:
    """Sentence for a port at which one device after the other says who it is."""
    return (
        f"Port {path} names more dispensers than anybody plugs in within an hour: no further one is served there for"
        " now; unplug it and find out what it is."
    )


def failed(path: str, what: str) -> str:
    """Sentence for a port that a fault of the hub's own program stopped."""
    return f"Port {path} was stopped by a fault of the hub itself ({what}); it is opened again, others go on."


def stuck(path: str) -> str:
    """Sentence for a port that takes no more bytes."""
    return f"Port {path} takes no bytes: the other side does not read; the hub opens it again."


class LineHealth:
    """Tells noise from the wrong speed: counts damaged frames since the last sound one."""

    def __init__(self, path: str, baud: int) -> None:
        self._path = path
        self._baud = baud
        self._in_a_row = 0

    def seen(self, bad: int, sound: bool) -> str | None:
        """bad: damaged frames in these bytes; sound: was there also a good one?  A sentence when it becomes garbage."""
        before = 0 if sound else self._in_a_row
        self._in_a_row = before + (0 if sound else bad)
        if before < GARBAGE_FRAMES <= self._in_a_row:
            return self.sentence()
        return None

    @property
    def garbage(self) -> bool:
        return self._in_a_row >= GARBAGE_FRAMES

    def sentence(self) -> str:
        return (
            f"Port {self._path} receives garbage ({self._in_a_row} damaged frames in a row): check that the other side"
            f" is a dispenser and runs at {self._baud} baud."
        )
