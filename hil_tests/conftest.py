"""Fixtures: `town` is broker, centre, hub and one dispenser; `unit` is that dispenser with its place at the centre.

With `--rig PORT` the dispenser is a real board on that port.  Only tests marked `rig` need nothing but its cable;
the others are deselected, for nobody's hand and no power switch is there yet.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hil_tests.leftovers import children, name, working_in
from hil_tests.real_town import real_town
from hil_tests.rig.town import rig_town
from hil_tests.unit import Unit
from tools.demo.town import Town

FLAT = "Flat 12"
RIG_LIMIT_S = 1800  # a real window lasts its real five minutes


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rig", metavar="PORT", help="serial port of a real dispenser that is new or wiped")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "rig: needs nothing of the dispenser but its cable, so it runs with --rig too"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--rig"):
        return
    able = [item for item in items if item.get_closest_marker("rig")]
    config.hook.pytest_deselected(items=[item for item in items if item not in able])
    for item in able:
        item.add_marker(pytest.mark.timeout(RIG_LIMIT_S))
    items[:] = able


@pytest.fixture
def make_town(tmp_path: Path) -> Iterator[Callable[[Town], Town]]:
    """Start towns; all end with the test, and a process that outlives its town fails the test."""
    before = children()
    started: list[Town] = []

    def start(town: Town) -> Town:
        started.append(town)
        town.start()
        return town

    yield start
    for town in started:
        town.stop()
        _show_logs(town)
    left = (children() - before) | working_in(tmp_path)
    assert not left, f"still running after the test: {[name(pid) for pid in left]}"


@pytest.fixture(scope="session")
def rig_of(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The real board's town, one for the whole run: a board trusts one centre until it is wiped."""
    town = rig_town(tmp_path_factory.mktemp("rig"), request.config.getoption("--rig"), FLAT)
    with town:
        yield town


@pytest.fixture
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Town:
    """Broker (real mosquitto, mutual TLS, ACL), centre, hub and one dispenser, all running."""
    if request.config.getoption("--rig"):
        return request.getfixturevalue("rig_of")
    return request.getfixturevalue("make_town")(real_town(tmp_path, [FLAT]))


@pytest.fixture
def unit(town: Town) -> Unit:
    """The town's first dispenser."""
    return Unit(town, town.homes[0])


def _show_logs(town: Town) -> None:
    """pytest shows what is printed here when the test fails."""
    for log in sorted((town.folder / "logs").glob("*.log")):
        print(f"---- {log.name}\n{log.read_text(errors='replace')[-3000:]}")
    for home in town.homes:
        print(f"---- {home.label}\n{home.dispenser.console()[-3000:]}")
