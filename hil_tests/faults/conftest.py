"""Fixtures of the short form: one town of two dispensers for all rows of a file; each row has an audit of its own."""

from collections.abc import Callable, Iterator

import pytest

from hil_tests.faults.rows import NotPossibleError, Result, Row, run
from hil_tests.faults.stage import Stage
from hil_tests.faults.town import FaultTown
from hil_tests.leftovers import children, name, working_in

LIMIT_S = 75.0  # real; the longest thing waited for is a dead line, which the hub notices within 40 s
TEST_LIMIT_S = 300  # a row that fails waits twice, and says why
SEED = 1
Judge = Callable[[Row], Result]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Broker (real mosquitto, mutual TLS, ACL), a network that can be bad, centre, hub and two dispensers."""
    folder = tmp_path_factory.mktemp("faults")
    before = children()
    with FaultTown(folder) as town:
        stage = Stage(town, LIMIT_S)
        for unit in stage.units:
            unit.has_time()
        yield stage
    left = (children() - before) | working_in(folder)
    assert not left, f"still running after the tests: {[name(pid) for pid in left]}"


@pytest.fixture
def judged(stage: Stage, record_property: Callable[[str, object], None]) -> Judge:
    """Run a row once, count what was tried, and return what was found; where it cannot run, skip."""

    def judge(row: Row) -> Result:
        try:
            result = run(stage, row, SEED, row.short)
        except NotPossibleError as why:
            pytest.skip(str(why))
        if not result.passed:
            _show_logs(stage.town)
        record_property("count", f"fault matrix, {result.sentence()}")
        return result

    return judge


def _show_logs(town: FaultTown) -> None:
    for log in sorted((town.folder / "logs").glob("*.log")):
        print(f"---- {log.name}\n{log.read_text(errors='replace')[-3000:]}")
