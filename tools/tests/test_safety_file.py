"""What docs/safety.md promises: hazards, controls, invariants, alarm codes and tests name each other."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/safety.md").read_text(encoding="utf-8")
AUDITOR = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "firmware/simulation").glob("*.py"))
TEST_ID = re.compile(r"`([\w/]+\.py)::(\w+)`")
NAME = re.compile(r"\b[HCU]-\d{2,3}\b")


def unique(found: list[tuple[str, str]]) -> dict[str, str]:
    """By id; an id stands once."""
    assert len({name for name, _ in found}) == len(found), "an id stands twice"
    return dict(found)


def rows(prefix: str) -> dict[str, list[str]]:
    """The cells of each table row whose first cell is an id like `H-01`, by that id."""
    found = unique(re.findall(rf"^\| ({prefix}[\d.]+) \|(.*)\|$", PAGE, re.MULTILINE))
    return {name: [cell.strip() for cell in rest.split("|")] for name, rest in found.items()}


def listed(prefix: str) -> dict[str, str]:
    """The text of each list item that begins with an id like `**C-01**`, with the lines below it, by that id."""
    return unique(
        re.findall(rf"^- \*{{0,2}}({prefix}\d{{2,3}})\*{{0,2}} (.+\n(?:  .+\n)*)", PAGE, re.MULTILINE)
    )


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


HAZARDS, CONTROLS, GAPS, CLOSED = rows("H-"), listed("C-"), rows("U-"), listed("U-")


def test_the_page_says_that_this_is_no_certified_medical_device():
    """Who opens the page reads in its first line what this is not."""
    assert "not a certified medical device" in PAGE.split("\n\n")[1]


def test_every_test_the_page_names_exists():
    """A control that names a test, or a proof a file, that was renamed or removed is none."""
    named = TEST_ID.findall(PAGE)

    assert len(named) > 200
    assert [f"{path}::{name}" for path, name in named if name not in promises_of(path)] == []
    assert [path for path in re.findall(r"`([\w/]+/[\w.]+\.py)", PAGE) if not (ROOT / path).exists()] == []


def test_every_hazard_has_a_control_and_every_control_a_test():
    """No hazard in the table stands there without something that holds it today, or without what is left of it."""
    for hazard, cells in HAZARDS.items():
        assert len(cells) == 5 and all(cells), hazard
        assert NAME.findall(cells[3]), hazard
        assert cells[4] == "-" or set(NAME.findall(cells[4])) <= set(GAPS), hazard
    for control, text in CONTROLS.items():
        sentence = text.split("\n  - ")[0]
        assert sentence.endswith(".") and TEST_ID.findall(text), control


def test_every_control_serves_a_hazard_and_every_gap_says_what_to_do():
    """No control without a reason; what is not controlled stands at its hazards and tells what to do meanwhile."""
    used = {name for cells in HAZARDS.values() for name in NAME.findall(cells[3])}

    assert used == set(CONTROLS)
    for gap, (missing, touches, meanwhile) in GAPS.items():
        assert missing.endswith(".") and meanwhile.endswith("."), gap
        left_at = [hazard for hazard, cells in HAZARDS.items() if gap in cells[4]]
        assert left_at and left_at == sorted(NAME.findall(touches)), gap


def test_a_gap_that_is_closed_names_the_control_that_closed_it():
    """An id is never used again, and nobody calls a thing controlled that no control names."""
    assert not set(CLOSED) & set(GAPS)
    for gap, text in CLOSED.items():
        assert set(re.findall(r"C-\d{2,3}", text)) & set(CONTROLS), gap


def test_the_seven_invariants_name_hazards_tests_and_the_auditor():
    """Each invariant says which hazards it serves, which function audits it, which tests hold it, and how far."""
    assert sorted(invariants()) == [f"I{number}" for number in range(1, 8)]
    for name, text in invariants().items():
        serves = re.search(r"^- Serves: (.+)$", text, re.MULTILINE)
        assert serves is not None and NAME.findall(serves[1]), name
        assert set(NAME.findall(serves[1])) <= set(HAZARDS), name
        audited = re.search(r"^- Audited by: `(i\d_\w+)`$", text, re.MULTILINE)
        assert audited is not None and audited[1].startswith(name.lower()), name
        assert f"def {audited[1]}(" in AUDITOR, name
        assert TEST_ID.findall(text) and "- Proven for: " in text and "- Not proven: " in text, name


def test_every_id_the_page_mentions_is_defined():
    """Whoever looks up a hazard, a control or a gap finds its row."""
    assert set(NAME.findall(PAGE)) <= {*HAZARDS, *CONTROLS, *GAPS, *CLOSED}


def test_every_code_of_the_exchange_has_its_line():
    """Each alarm code from 1.1 to 1.23 stands once, with whether it is raised today and by what, or why not."""
    codes = dict(re.findall(r"^\| (1\.\d+) \|(.*\| (?:yes|in part|no|never) \|.*)\|$", PAGE, re.MULTILINE))

    assert list(codes) == [f"1.{number}" for number in range(1, 24)]
    for code, rest in codes.items():
        assert all(cell.strip() for cell in rest.split("|")), code


def test_every_alarm_of_the_device_has_its_line():
    """What the firmware can raise stands in the second table, with when it ends and why it is so urgent."""
    raised = re.findall(
        r"^[A-Z_]+ = (1[012]\d)\b", (ROOT / "firmware/core/alarms.py").read_text("utf-8"), re.M
    )
    conditions = re.findall(
        r"^\| 1\.(\d+) \| (.+?) \| (?:low|medium|high)(?:, latched)? \|", PAGE, re.MULTILINE
    )

    assert {int(code) - 100 for code in raised} == {int(number) for number, _ in conditions}
