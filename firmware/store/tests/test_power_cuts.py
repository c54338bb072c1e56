"""Power cuts at every single flash operation, on the real LittleFS inside MicroPython."""

import pytest

from firmware.crypto.tests.both import on_micropython

MODULE = "firmware.store.tests.power_cut_checks"
FLASH_HEAP = "3M"  # the flash in RAM, twice; the firmware's own share stays small
PROMISES = ("appending", "appending_over_many_starts", "joining", "trimming", "setting_aside", "settings")


@pytest.mark.parametrize("promise", PROMISES)
def test_power_cuts(promise):
    """Every promise of power_cut_checks.py holds."""
    told = on_micropython(MODULE, "check_" + promise, heap=FLASH_HEAP)()
    assert "0 acknowledged lost" in told
