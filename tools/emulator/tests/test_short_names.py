"""Names on the virtual board: short where nobody else uses them, so that the firmware's own have room."""

from tools.emulator import short_names
from tools.emulator.build import BOARD, with_short_names

CHIP = '''"""A chip: _pulse."""

HIGH, LOW_US = 1, 20
FACES = "LOW_US"


class Chip:
    HIGH = 2

    def _pulse(self):
        return self._level + LOW_US  # LOW_US

    def read(self):
        return self._pulse(), __name__
'''


def test_own_names_become_short_and_others_stay():
    """Private names and constants of one file are shortened; texts, comments and what others import stay."""
    names = short_names.own_names(CHIP, {"FACES", "HIGH"})
    assert names == ["_pulse", "_level", "LOW_US"]
    short = short_names.shortened(CHIP, names)
    assert "def _0(self):\n        return self._1 + _2  # LOW_US" in short
    assert 'HIGH, _2 = 1, 20\nFACES = "LOW_US"' in short and '"""A chip: _pulse."""' in short


def test_what_another_file_takes_is_known():
    """Imports, also those that go over several lines or stand in a function, and constants behind a dot are public."""
    text = "from a import (\n    B,\n    C,\n)\n\ndef f():\n    from d import E\n    return x.G\n"
    assert {"B", "C", "E", "G"} <= short_names.names_for_others(text)


def test_every_line_of_the_board_stays_where_it_is(record_property):
    """A trace of the board names lines as they stand in its files."""
    files = with_short_names()
    for name, text in files.items():
        assert len(text.splitlines()) == len((BOARD / name).read_text().splitlines()), name
    record_property("count", f"{len(files)} files of the virtual board keep their lines under short names")
