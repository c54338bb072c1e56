"""A device takes its owner from a certificate, on the board's interpreter and its filesystem."""

import pytest

from firmware.crypto.tests.both import on_micropython

MODULE = "firmware.service.tests.enrol_checks"
FLASH_HEAP = "3M"  # the flash in RAM, twice; the firmware's own share stays small


@pytest.mark.parametrize(
    "promise",
    ["a_device_takes_its_owner_once", "nobody_else_gets_it", "whom_a_device_believes", "power_cuts"],
)
def test_enrolling(promise, record_property):
    """Every promise of enrol_checks.py holds."""
    told = on_micropython(MODULE, "check_" + promise, heap=FLASH_HEAP)()
    for line in told.splitlines():
        record_property("count", line)
