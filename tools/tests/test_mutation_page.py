"""docs/mutation.md: the last answer to "would a test notice a changed core?"."""

import re
import warnings
from pathlib import Path

from tools.setup.mutation_constants import numbers, one_larger
from tools.setup.mutation_page import (
    ENOUGH_PER_MILLE,
    PAGE,
    Survivor,
    Tally,
    core_hash,
    is_good_enough,
    page,
    rate_per_mille,
    with_reasons,
)

ROOT = Path(__file__).resolve().parents[2]
GOOD = Tally("a.py", ["killed"] * 18 + ["timeout", "survived"])


def test_nine_of_ten_changes_of_the_core_are_noticed_and_the_others_have_a_reason():
    """The last answer is kept with the code, and it is good enough."""
    told = PAGE.read_text(encoding="utf-8")
    percent, tenths = re.findall(r"\*\*(\d+)\.(\d) % noticed\.\*\*", told)[0]

    assert int(percent) * 10 + int(tenths) >= ENOUGH_PER_MILLE
    assert "no reason yet" not in told
    assert told.count("```diff") == int(re.findall(r"\| all \|.*\| (\d+) \|\n", told)[0])


def test_the_page_names_the_core_it_was_measured_on():
    """Who reads it on a newer core is told; that is a warning, for a run takes half an hour."""
    measured = re.findall(r"Measured on the core `([0-9a-f]{16})`", PAGE.read_text(encoding="utf-8"))

    assert len(measured) == 1
    if measured != [core_hash(ROOT)]:
        warnings.warn(f"docs/mutation.md is of the core {measured[0]}, this is another one", stacklevel=1)


def test_another_core_has_another_name(tmp_path):
    """One changed byte, or one file more, and the page is no longer about this core."""
    core = tmp_path / "firmware" / "core"
    core.mkdir(parents=True)
    names = set()
    for file, text in (("dose.py", "a"), ("dose.py", "b"), ("plan.py", "")):
        (core / file).write_text(text)
        names.add(core_hash(tmp_path))

    assert len(names) == 3


def test_a_loop_without_end_is_noticed_and_a_survivor_is_not():
    """Of twenty mutants one survives: 95 %."""
    assert rate_per_mille([GOOD]) == 950


def test_a_survivor_without_a_reason_is_not_good_enough():
    """However many are noticed."""
    words = Survivor(
        "firmware/core/plan.py", "x_1", '-  raise MessageError(A, "b")\n+  raise MessageError(A, None)'
    )
    other = Survivor("firmware/core/plan.py", "x_2", "-  return 1\n+  return 2")
    known, unknown = with_reasons([words, other])

    assert known.reason and not unknown.reason
    assert is_good_enough([GOOD], [known])
    assert not is_good_enough([GOOD], [known, unknown])
    assert not is_good_enough([Tally("a.py", ["killed"] * 8 + ["survived"])], [known])
    assert "no reason yet" in page([GOOD], [unknown], ROOT)


def test_each_number_of_a_constant_is_made_one_larger():
    """Ten minutes become ten minutes and one; numbers inside functions are mutmut's, words are nobody's."""
    source = 'A_S, B = 600, ((1, "x"),)  # 5 of them\nNAME = "7"\nYES = True\n\n\ndef f():\n    return 3\n'
    found = [one_larger(source, node) for node in numbers(source)]

    assert [diff for _, diff in found] == [
        '-A_S, B = 600, ((1, "x"),)  # 5 of them\n+A_S, B = 601, ((1, "x"),)  # 5 of them',
        '-A_S, B = 600, ((1, "x"),)  # 5 of them\n+A_S, B = 600, ((2, "x"),)  # 5 of them',
    ]
    assert found[0][0] == source.replace("600", "601")
