"""The workshop that a technician's tests share: one board goes through all of them, in their order."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hil_tests.technician.walk import Walk
from hil_tests.technician.workshop import Workshop
from tools.workshop.ports import VIRTUAL_PORTS


@pytest.fixture(scope="module")
def walk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """Broker, centre, hub, a new board on the bench, and a terminal.  With --rig SERIAL the board is a real one."""
    ports = Path(tempfile.mkdtemp(prefix="ports-"))  # a short name: it stands in the pictures
    with pytest.MonkeyPatch.context() as environment:
        rig = request.config.getoption("--rig")
        if not rig:
            environment.setenv(VIRTUAL_PORTS, str(ports))
        seen = Path(os.environ.get(VIRTUAL_PORTS, ports))
        with Workshop(tmp_path_factory.mktemp("workshop") / "town", seen, rig) as workshop:
            yield Walk(workshop, real=rig is not None)
    shutil.rmtree(ports)
