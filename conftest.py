"""For every test of the house: the counts a proof reports, and how long hypothesis looks.

A proof tells what it has covered with  record_property("count", "<sentence with numbers>").
"""

import os
from typing import Any

import pytest
from hypothesis import Phase, settings

pytest_plugins = ["pytester"]

# `make test` asks the same questions every time, so that a change is judged by what it changed.  New ones are asked
# by `DOSEVAKT_HYPOTHESIS=search make test`, as often as one likes.  No deadline: a busy machine is no parser's fault.
settings.register_profile("gate", derandomize=True, deadline=None, database=None, print_blob=True)
settings.register_profile("search", deadline=None, print_blob=True)

# `make mutation` runs the core's tests some thousand times: fewer examples, the same ones each time, and a failing one
# is enough as it is.
settings.register_profile(
    "mutation",
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile(os.environ.get("DOSEVAKT_HYPOTHESIS", "gate"))


@pytest.hookimpl(optionalhook=True)  # there is none without xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Deal tests one by one, in the order of testpaths; but a file of hil_tests as a whole: it may share a dispenser.

    Not by xdist_group marks: with pytest 9.2 xdist 3.8 does not see them.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByDispenser(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            path = nodeid.partition("::")[0]
            return path if path.startswith("hil_tests/") else nodeid

    config.option.loadscopereorder = False
    return ByDispenser(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print every count, sorted.  Reports carry them, also home from xdist's workers."""
    reports = [report for group in terminalreporter.stats.values() for report in group]
    told = {
        str(value)
        for report in reports
        if isinstance(report, pytest.TestReport)
        for name, value in report.user_properties
        if name == "count"
    }
    if told:
        terminalreporter.section("counts")
    for sentence in sorted(told):
        terminalreporter.write_line(sentence)
