"""Promises of the settings, kept on CPython and on MicroPython, in a real directory."""

import os

from firmware.store.settings import Settings
from protocol.errors import DispenserError


def damage(directory, name, change):
    """Replace the bytes of one copy by change(bytes)."""
    path = directory + "/" + name
    with open(path, "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(change(data))


def unreadable(settings, name):
    """Whether get() refuses to answer."""
    try:
        settings.get(name)
    except DispenserError:
        return True
    return False


def check_values_come_back(directory):
    """What was put last is what is read, also after a restart; what was never put is not there."""
    settings = Settings(directory)
    assert settings.get("plan") is None
    for value in (b"first", b"", bytes(5000), bytes(range(256))):
        settings.put("plan", value)
        settings.put("counter", b"7")
        assert Settings(directory).get("plan") == value
        assert settings.get("counter") == b"7"
    settings.put("plan", b"in two ", b"pieces")
    assert Settings(directory).get("plan") == b"in two pieces"
    assert settings.names() == ["counter", "plan"]
    settings.wipe("plan")
    settings.wipe("plan")
    assert settings.get("plan") is None and settings.get("counter") == b"7"


def check_one_damaged_copy_costs_nothing(directory):
    """Either copy may be damaged, shortened or gone: the newest value is still read, and the next one is kept twice."""
    settings = Settings(directory)
    changes = (
        lambda data: data[:-1],
        lambda data: b"",
        lambda data: data[:5],
        lambda data: data + b"x",
        lambda data: b"\xff" * 40,
        lambda data: data[:12] + b"X" + data[13:],
        lambda data: b"\xff" + data[1:],
        lambda data: data[:4] + b"\x7f" + data[5:],
    )
    for n, change in enumerate(changes):
        for copy in (".0", ".1"):
            value = b"value %d" % n + copy.encode()
            settings.put("counter", value)
            damage(directory, "counter" + copy, change)
            assert settings.get("counter") == value
    settings.put("counter", b"end")
    os.remove(directory + "/counter.0")
    assert settings.get("counter") == b"end"


def check_two_damaged_copies_are_no_silence(directory):
    """When no copy can be read any more, the answer is an error: "never put" would make old commands good again."""
    settings = Settings(directory)
    settings.put("counter", b"41")
    for copy in (".0", ".1"):
        damage(directory, "counter" + copy, lambda data: data[:-1] + b"?")
    assert unreadable(settings, "counter")
    assert settings.names() == ["counter"]
    settings.put("counter", b"42")
    assert settings.get("counter") == b"42"


def check_a_copy_under_another_name_is_no_value(directory):
    """A file that was copied to another name is not taken for that name's value."""
    settings = Settings(directory)
    settings.put("a", b"1")
    os.rename(directory + "/a.0", directory + "/b.0")
    assert unreadable(settings, "b") and settings.get("a") == b"1"


class CutOff(Settings):
    """Settings on a filesystem that writes half a file when the power fails, at the write that is told."""

    def __init__(self, directory, writes):
        super().__init__(directory)
        self.writes = writes

    def _write(self, name, copy, counter, value, more):
        super()._write(name, copy, counter, value, more)
        if not self.writes:
            damage(self._directory, name + "." + str(copy), lambda data: data[: len(data) // 2])
            raise OSError("cut off")
        self.writes -= 1


def check_half_written_files(directory):
    """Even where a cut leaves half a file, and the next put is cut off too, the old or the new value is read."""
    for first in (0, 1):
        for second in (0, 1):
            name = "plan%d%d" % (first, second)
            Settings(directory).put(name, b"value 0")
            last = 0
            for n, writes in ((1, first), (2, second), (3, first)):
                try:
                    CutOff(directory, writes).put(name, b"value %d" % n)
                except OSError:
                    pass
                found = Settings(directory).get(name)
                assert found in (b"value %d" % last, b"value %d" % n), (name, n, found)
                last = int(found[6:])
