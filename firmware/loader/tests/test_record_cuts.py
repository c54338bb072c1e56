"""Power cuts at every single flash write of the boot record, on the real LittleFS inside MicroPython."""

import pytest

from firmware.crypto.tests.both import on_micropython

MODULE = "firmware.loader.tests.record_cut_checks"
HEAP = "3M"  # the flash in RAM, twice, and its log


@pytest.mark.parametrize("promise", ["every_write", "damaged_copies"])
def test_the_boot_record(promise, record_property):
    """Every promise of record_cut_checks.py holds."""
    told = on_micropython(MODULE, "check_" + promise, heap=HEAP)()
    record_property("count", told.strip())
