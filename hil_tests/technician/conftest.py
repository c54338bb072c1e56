"""The workshop that a technician's tests share: one board goes through all of them, in their order."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hil_tests.technician.walk import Walk
from hil_tests.technician.workshop import Workshop
from tools.workshop.ports import VIRTUAL_PORTS


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """Broker, centre, hub, a new board on the bench, and a terminal."""
    ports = Path(tempfile.mkdtemp(prefix="ports-"))  # a short name: it stands in the pictures
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(VIRTUAL_PORTS, str(ports))
        with Workshop(tmp_path_factory.mktemp("workshop") / "town", ports) as workshop:
            yield Walk(workshop)
    shutil.rmtree(ports)
