"""Power cuts at every single flash write of an update, on the real LittleFS inside MicroPython."""

import pytest

from firmware.crypto.tests.both import on_micropython

MODULE = "firmware.service.tests.update_cut_checks"
HEAP = "4M"  # the flash in RAM, twice, and its log
PROMISES = (
    "every_write_of_an_update",
    "every_write_of_a_second_run",
    "every_question_of_an_update",
    "every_write_of_a_trial_that_fails",
    "a_full_flash",
    "the_room_that_is_asked_for_is_enough",
    "the_cuts_find_a_careless_updater",
)


@pytest.mark.parametrize("promise", PROMISES)
def test_power_cuts_in_an_update(promise, record_property):
    """Every promise of update_cut_checks.py holds."""
    told = on_micropython(MODULE, "check_" + promise, heap=HEAP)()
    record_property("count", told.splitlines()[-1])
