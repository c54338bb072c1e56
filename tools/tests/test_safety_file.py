"""What docs/safety.md promises: hazards, controls, invariants and tests name each other."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/safety.md").read_text(encoding="utf-8")
TEST_ID = re.compile(r"`([\w/]+\.py)::(\w+)`")
NAME = re.compile(r"\b[HCU]-\d\d\b")


def rows(prefix: str) -> dict[str, list[str]]:
    """The cells of each table row whose first cell is an id like `H-01`, by that id; an id stands once."""
    found = re.findall(rf"^\| ({prefix}[\d.]+) \|(.*)\|$", PAGE, re.MULTILINE)
    assert len({name for name, _ in found}) == len(found), "an id stands twice"
    return {name: [cell.strip() for cell in rest.split("|")] for name, rest in found}


def invariants() -> dict[str, str]:
    """The text below the heading of each invariant, by its name."""
    parts = re.split(r"^##+ ", PAGE, flags=re.MULTILINE)
    return {part[:2]: part for part in parts if re.match(r"I\d: ", part)}


@cache
def promises_of(path: str) -> frozenset[str]:
    """The test functions that a file defines."""
    file = ROOT / path
    tree = ast.parse(file.read_text(encoding="utf-8")) if file.exists() else ast.Module([], [])
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(
        node.name for node in tree.body if isinstance(node, kinds) and node.name.startswith("test_")
    )


HAZARDS, CONTROLS, GAPS = rows("H-"), rows("C-"), rows("U-")


def test_the_page_says_that_this_is_no_certified_medical_device():
    """Who opens the page reads in its first line what this is not."""
    assert "not a certified medical device" in PAGE.split("\n\n")[1]


def test_every_test_the_page_names_exists():
    """A control that names a test that was renamed or removed is no control."""
    named = TEST_ID.findall(PAGE)

    assert len(named) > 100
    assert [f"{path}::{name}" for path, name in named if name not in promises_of(path)] == []


def test_every_hazard_has_a_control_and_every_control_a_test():
    """No hazard in the table stands there without something that holds it today."""
    for hazard, cells in HAZARDS.items():
        assert len(cells) == 5 and all(cells), hazard
        assert NAME.findall(cells[3]), hazard
    for control, (sentence, tests) in CONTROLS.items():
        assert sentence.endswith(".") and TEST_ID.findall(tests), control


def test_every_control_serves_a_hazard_and_every_gap_says_what_to_do():
    """No control without a reason; what is not controlled touches a hazard and tells what to do meanwhile."""
    used = {name for cells in HAZARDS.values() for name in NAME.findall(cells[3])}

    assert used == set(CONTROLS)
    for gap, (missing, touches, meanwhile) in GAPS.items():
        assert missing.endswith(".") and NAME.findall(touches) and meanwhile.endswith("."), gap


def test_the_seven_invariants_name_hazards_and_tests():
    """Each invariant says which hazards it serves, which tests hold it, and how far."""
    assert sorted(invariants()) == [f"I{number}" for number in range(1, 8)]
    for name, text in invariants().items():
        serves = re.search(r"^- Serves: (.+)$", text, re.MULTILINE)
        assert serves is not None and set(NAME.findall(serves[1])) <= set(HAZARDS), name
        assert NAME.findall(serves[1]) and TEST_ID.findall(text) and "- Proven for: " in text, name


def test_every_id_the_page_mentions_is_defined():
    """Whoever looks up a hazard, a control or a gap finds its row."""
    assert set(NAME.findall(PAGE)) <= {*HAZARDS, *CONTROLS, *GAPS}


def test_every_code_of_the_exchange_has_its_line():
    """Each alarm code from 1.1 to 1.23 stands once, with whether it is raised today and by what, or why not."""
    codes = rows(r"1\.")

    assert list(codes) == [f"1.{number}" for number in range(1, 24)]
    for code, (meaning, raised, why) in codes.items():
        assert meaning and raised in ("yes", "in part", "no", "never") and why, code
