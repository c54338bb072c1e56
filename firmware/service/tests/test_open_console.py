"""A console that the centre lets a technician open: the device doses as little as in service mode, and for longer."""

from pathlib import Path

from firmware.service.tests.test_beside_doses import signed, visit
from firmware.tests.unit import Unit
from protocol.errors import NO_CODE, NOT_NOW
from protocol.service_commands import OpenRepl
from protocol.service_messages import COMMAND


def test_a_console_opens_only_for_as_long_as_no_dose_is_near(tmp_path: Path):
    """Forty minutes before a dose the centre's word for half an hour is refused and not used up; for twenty minutes it
    is good: a quarter of an hour before the dose the device doses again."""
    with Unit(tmp_path) as unit:
        unit.hub.trust()
        unit.hub.set_clock(unit.now_s)
        unit.load(unit.plan(40 * 60))
        counter = unit.hub.counter + 1
        with visit(unit) as service:
            assert service.ask_for_code(COMMAND, signed(unit, OpenRepl(30), counter))[0] == NOT_NOW
            assert service.ask_for_code(COMMAND, signed(unit, OpenRepl(20), counter))[0] == NO_CODE
