"""A new version in a device: what its desks take and refuse, on CPython and on MicroPython."""

import pytest

from firmware.crypto.tests.both import on_micropython
from firmware.service.tests import update_checks

MODULE = "firmware.service.tests.update_checks"
HEAP = "2M"  # the test holds the version as well, which a device never does
PROMISES = [name for name in vars(update_checks) if name.startswith("check_")]


@pytest.mark.parametrize("promise", PROMISES)
def test_update(promise, tmp_path):
    """Every promise of update_checks.py holds on this interpreter."""
    getattr(update_checks, promise)(str(tmp_path))


@pytest.mark.parametrize("promise", PROMISES)
def test_update_on_the_boards_interpreter(promise, tmp_path):
    """Every promise of update_checks.py holds on MicroPython too."""
    on_micropython(MODULE, promise, heap=HEAP)(str(tmp_path))
