"""Hands at a loaded unit that serves and does not dose: what they do is seen and judged as at any other time."""

from pathlib import Path

from firmware.core.alarms import FORCED
from firmware.service.tests.test_beside_doses import back, visit
from firmware.tests.test_mechanism import OVERTURNED
from firmware.tests.unit import Unit
from protocol.events import AlarmRaised, LidClosed, LidOpened

TILTED = 123


def test_a_unit_that_a_technician_turns_over_gives_nothing_until_a_nurse_has_looked(tmp_path: Path):
    """He opens the lid and looks for the label below it, in service mode: both are in the journal, service ends, and
    1.23 stands as after every fall."""
    with Unit(tmp_path) as unit:
        unit.hub.trust()
        unit.hub.set_clock(unit.now_s)
        unit.load(unit.plan(7200))
        with visit(unit) as service:
            service.hello()
            unit.device.lid(open=True)
            unit.pass_s(5)
            unit.device.lid(open=False)
            unit.pass_s(5)
            unit.device.tilt(170)
            unit.pass_s(8)
            unit.device.tilt(0)
        back(unit, 1)
        unit.hub.wait(lambda: OVERTURNED in details(unit))
        assert unit.hub.bodies(LidOpened, LidClosed) == [LidOpened(), LidClosed()]
        unit.text("Vi ringer deg")


def test_who_forces_the_shutter_of_a_unit_in_service_is_heard_at_once(tmp_path: Path):
    """A stranger knocks, so that no alarm is told, and pries the shutter open: service ends, the break-in sounds."""
    with Unit(tmp_path) as unit:
        unit.hub.trust()
        unit.hub.set_clock(unit.now_s)
        unit.load(unit.plan(7200))
        unit.position(0)
        with visit(unit) as service:
            service.hello()
            unit.device.force_shutter(1000)
            unit.device.wait_for(lambda facts: facts["sound"] == "high")
        ended = back(unit, 1)
        assert ended.served_s < 120
        assert AlarmRaised(122, FORCED, 3) in unit.hub.bodies(AlarmRaised)


def details(unit: Unit) -> list[str]:
    return [body.detail for body in unit.hub.bodies(AlarmRaised) if body.code == TILTED]
