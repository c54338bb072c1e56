"""What docs/hardware.md says about pins, addresses and files, held against the builders and drivers."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/hardware.md").read_text(encoding="utf-8")
BOARDS = {"tablet": "tablet_pico", "multidose": "multidose_pico"}
NO_PINS = ("_HZ",)  # a builder's other numbers
# file, constant, its value in the page's words
NUMBERS = [
    ("firmware/drivers/roll_feed.py", "ROLLER_MM", "{} mm of band"),
    ("firmware/drivers/roll_feed.py", "MARK_MM", "seen within {} mm of the sensor"),
    ("firmware/drivers/roll_feed.py", "LEAVE_MM", "out of sight within {} mm"),
    ("firmware/drivers/roll_feed.py", "SLACK_MM", "pitch +- {} mm"),
    ("firmware/drivers/cutter.py", "TURN_MS", "once in {s} s at 5 V"),
    ("firmware/drivers/cutter.py", "LIMIT_MS", "limit of {s} s"),
    ("firmware/drivers/chamber.py", "OPEN_MS", "open for {s} s"),
    ("firmware/drivers/chamber.py", "LEAST_MS", "dark for {} ms at least"),
    ("firmware/drivers/chamber.py", "SAME_MS", "within {} ms of the last"),
    ("firmware/drivers/drawer.py", "EMPTY_MS", "gone for {s} s"),
    ("firmware/drivers/label_reader.py", "LIMIT_MS", "{s} s are its limit"),
    ("firmware/drivers/occupancy.py", "OCCUPIED_COUNTS", "{} counts are the threshold"),
    ("firmware/drivers/shutter.py", "LIMIT_MS", "its limit of {s} s"),
    ("firmware/core/roll.py", "CHAMBER_PLACES", "holds {} pouches"),
    ("firmware/core/roll.py", "NEARLY_FULL", "from {} on somebody is told"),
]


def section(title: str) -> str:
    """The text below this heading, up to the next one."""
    return re.split(r"^##+ ", PAGE.split(f" {title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def pins_of_page(board: str) -> dict[int, str]:
    """Pin number -> name in the builder."""
    rows = re.findall(r"^\| GP(\d+) \| `([\w\[\]]+)` \|", section(f"Pins of the {board} board"), re.MULTILINE)
    assert len({number for number, _ in rows}) == len(rows), "a pin stands twice"
    return {int(number): name for number, name in rows}


def constants_of_builder(board: str) -> list[tuple[str, int]]:
    """(name, number) of the constants that begin with an underscore: one, several in a line, or a row of them."""
    path = ROOT / f"firmware/boards/{BOARDS[board]}.py"
    found: list[tuple[str, int]] = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).lstrip("(").startswith("_"):
            (target,), numbers = node.targets, ast.literal_eval(node.value)
            if isinstance(target, ast.Tuple):
                found += zip([ast.unparse(name) for name in target.elts], numbers, strict=True)
            elif isinstance(numbers, tuple):
                found += [(f"{ast.unparse(target)}[{n}]", number) for n, number in enumerate(numbers)]
            else:
                found.append((ast.unparse(target), numbers))
    return [(name, number) for name, number in found if not name.endswith(NO_PINS)]


def ports_of_page() -> dict[str, str]:
    """Name in the builder -> A0 to B7."""
    rows = re.findall(r"^\| ([AB]\d) \| `(\w+)` \|", section("Expander MCP23017"), re.MULTILINE)
    return {name: bit for bit, name in rows}


@pytest.mark.parametrize("board", BOARDS)
def test_every_pin_stands_in_the_page_as_the_builder_has_it(board):
    """Who solders a board by the page gets the one that the firmware drives."""
    ports = ports_of_page() if board == "multidose" else {}
    pins = [(name, number) for name, number in constants_of_builder(board) if name not in ports]

    assert sorted(pins_of_page(board).items()) == sorted((number, name) for name, number in pins)


def test_every_line_of_the_expander_stands_in_the_page():
    """Inputs are on port A, outputs on port B, each at the bit that the builder names."""
    outputs = {"_CUTTER", "_BOLT", "_FLAP"}
    named = [(name, number) for name, number in constants_of_builder("multidose") if name in ports_of_page()]

    assert len(named) == 9
    assert ports_of_page() == {name: ("B" if name in outputs else "A") + str(bit) for name, bit in named}


def test_every_chip_answers_at_the_address_of_the_page():
    """The addresses on the two I2C buses are those that the drivers speak to."""
    named = re.findall(r"\| I2C1? 0x([0-9A-F]{2}) \| `(\w+\.py)`", PAGE)
    assert len(named) == 8
    for address, driver in named:
        text = (ROOT / "firmware/drivers" / driver).read_text(encoding="utf-8")
        (spoken,) = set(re.findall(r"^_?ADDRESS = 0x([0-9A-Fa-f]{2})", text, re.MULTILINE))
        assert spoken.upper() == address, driver


def test_every_driver_and_chip_that_the_page_names_is_there():
    """No part of the page leads to a file that was renamed or removed."""
    folders = ("firmware/drivers", "firmware/boards", "tools/emulator/board", "tools/emulator/board/chips")
    files = {path.name for folder in folders for path in (ROOT / folder).glob("*.py")}
    named = set(re.findall(r"`(\w+\.py)`", PAGE))

    assert len(named) > 20
    assert named - files == set()
    assert [path for path in re.findall(r"`([\w]+/[\w./]+)`", PAGE) if not (ROOT / path).exists()] == []


@pytest.mark.parametrize(
    ("file", "name", "words"), NUMBERS, ids=[f"{file}:{name}" for file, name, _ in NUMBERS]
)
def test_a_number_of_the_page_is_the_firmwares(file, name, words):
    """What the page gives as distance, time or limit is what the firmware goes by."""
    text = (ROOT / file).read_text(encoding="utf-8")
    (value,) = re.findall(rf"^{name} = (\d+)", text, re.MULTILINE)
    seconds = f"{int(value) / 1000:g}"

    assert words.format(value, s=seconds) in PAGE.replace("\n  ", " ").replace("\n", " ")


def test_every_driver_stands_in_the_page():
    """A part that the firmware drives is in one of the tables."""
    helpers = {"__init__.py", "ticks.py", "keypad_setting.py", "expander_setting.py"}
    drivers = {path.name for path in (ROOT / "firmware/drivers").glob("*.py")}

    assert drivers - helpers - set(re.findall(r"`(\w+\.py)`", PAGE)) == set()


def test_every_virtual_chip_stands_in_the_page():
    """What is modelled of each chip, and what not, is said."""
    chips = {path.name for path in (ROOT / "tools/emulator/board/chips").glob("*.py")} - {"__init__.py"}

    assert (
        chips - set(re.findall(r"`(\w+\.py)`", section("What the emulator models, and what it does not")))
        == set()
    )
