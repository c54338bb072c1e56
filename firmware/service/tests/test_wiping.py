"""What is left of an owner when a device has forgotten: on the real LittleFS inside MicroPython."""

import pytest

from firmware.crypto.tests.both import on_micropython

MODULE = "firmware.service.tests.wipe_checks"
FLASH_HEAP = "4M"  # the flash in RAM, twice; the firmware's own share stays small


@pytest.mark.parametrize("promise", ["order", "overwriting", "full"])
def test_a_wipe(promise, record_property):
    """Every promise of wipe_checks.py holds: whole or nobody's after every cut, and no secret left on the flash."""
    told = on_micropython(MODULE, "check_" + promise, heap=FLASH_HEAP)()

    assert "wipe" in told
    record_property("count", told.strip())
