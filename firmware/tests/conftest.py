"""A whole dispenser: the real firmware on real MicroPython on a virtual board, a small hub at its line."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.tests.unit import Unit


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Unit]:
    """A unit from the factory: no key, no centre, no time."""
    with Unit(tmp_path) as unit:
        yield unit


@pytest.fixture
def unit(fresh: Unit) -> Unit:
    """A unit that knows its centre and the time."""
    fresh.hub.trust()
    fresh.hub.set_clock(fresh.now_s)
    return fresh
