"""A hub that can take no more for now: what calls a person comes all the same."""

from firmware.tests.unit import Unit
from protocol.events import AlarmRaised, LidClosed, LidOpened
from protocol.segments import UNLIMITED


def test_a_full_hub_gets_the_alarm_first_and_everything_in_order_when_it_has_room(unit: Unit):
    """The lid is opened and closed, the plug is pulled: only the alarm goes over; later all of it, each once."""
    unit.load(unit.plan(7200))
    unit.hub.hold(0)
    unit.hub.identity = None
    unit.device.ask("cable", **{"in": False})
    unit.device.ask("cable", **{"in": True})
    unit.hub.wait(lambda: unit.hub.identity is not None)  # a new session, which began with that word
    unit.device.lid(open=True)
    unit.pass_s(5)
    unit.device.lid(open=False)
    unit.pass_s(5)
    unit.device.mains(plugged=False)
    unit.pass_s(70)
    unit.hub.wait(lambda: unit.hub.ahead)
    assert unit.hub.ahead[0].body == AlarmRaised(119, "", 1)
    assert not unit.hub.bodies(LidOpened, LidClosed)
    unit.hub.hold(UNLIMITED)
    told = [LidOpened(), LidClosed(), AlarmRaised(119, "", 1)]
    unit.hub.wait(lambda: unit.hub.bodies(LidOpened, LidClosed, AlarmRaised)[-3:] == told)
    assert unit.hub.events[unit.hub.ahead[0].seq - 1] == unit.hub.ahead[0]
