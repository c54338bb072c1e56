from collections.abc import Iterator

import pytest

from tools.provisioning.tests.bench import Bench, opened_bench


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A technician's bench with its centre; no broker is needed."""
    with opened_bench(tmp_path_factory.mktemp("bench")) as made:
        yield made
