"""Hands at a loaded unit that serves and does not dose: what they do is seen and judged as at any other time."""

from pathlib import Path

from firmware.service.tests.test_beside_doses import back, visit
from firmware.tests.test_mechanism import OVERTURNED
from firmware.tests.unit import Unit
from protocol.events import AlarmRaised, LidClosed, LidOpened

TILTED = 123


def test_a_unit_that_a_technician_turns_over_gives_nothing_until_a_nurse_has_looked(tmp_path: Path):
    """He looks for the label below it and opens the lid, in service mode: both are in the journal, and when it doses
    again 1.23 stands as after every fall."""
    with Unit(tmp_path) as unit:
        unit.hub.trust()
        unit.hub.set_clock(unit.now_s)
        unit.load(unit.plan(7200))
        with visit(unit) as service:
            service.hello()
            unit.device.tilt(170)
            unit.pass_s(8)
            unit.device.tilt(0)
            unit.device.lid(open=True)
            unit.pass_s(5)
            unit.device.lid(open=False)
            unit.pass_s(5)
        back(unit, 1)
        unit.hub.wait(lambda: OVERTURNED in details(unit))
        assert unit.hub.bodies(LidOpened, LidClosed) == [LidOpened(), LidClosed()]
        unit.text("Vi ringer deg")


def details(unit: Unit) -> list[str]:
    return [body.detail for body in unit.hub.bodies(AlarmRaised) if body.code == TILTED]
