from collections.abc import Iterator

import pytest

from tools.provisioning.tests.bench import Bench, opened_bench


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """One bench and one centre for the tests of a file; each test has devices of its own."""
    with opened_bench(tmp_path_factory.mktemp("bench")) as made:
        yield made
