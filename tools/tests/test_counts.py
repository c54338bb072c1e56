"""What a proof has covered is told at the end of a run."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROOFS = """
def test_a(record_property):
    record_property("count", "zebra: 7 states")


def test_b(record_property):
    record_property("count", "ant: 1,000 transitions")
    record_property("weather", "rain")


def test_c():
    pass
"""


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_every_count_stands_sorted_in_the_summary(pytester, workers):
    """Run alone or side by side, the tests' counts are printed together at the end, in order."""
    pytester.makeconftest((ROOT / "conftest.py").read_text())
    pytester.makepyfile(PROOFS)
    done = pytester.runpytest_subprocess(*workers)
    done.assert_outcomes(passed=3)
    done.stdout.fnmatch_lines(["*= counts =*", "ant: 1,000 transitions", "zebra: 7 states", "*3 passed*"])
    done.stdout.no_fnmatch_line("*rain*")


def test_without_a_count_the_summary_is_silent(pytester):
    """A run that proves nothing by numbers has no heading for them."""
    pytester.makeconftest((ROOT / "conftest.py").read_text())
    pytester.makepyfile("def test_c():\n    pass\n")
    pytester.runpytest_subprocess().stdout.no_fnmatch_line("*counts*")
