"""Service mode beside a plan: no visit, wanted or not, keeps a dose from the patient or an event from the centre."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.tests.hub_side import PATIENCE_S
from firmware.tests.unit import Unit
from protocol import cbor
from protocol.commands import Command, Pause
from protocol.cose import CONTEXT_COMMAND, sign1
from protocol.errors import EXPIRED, NOT_NOW, OLD_COUNTER, UNKNOWN_KEY, WRONG_STATE
from protocol.events import PAUSE_OTHER, Booted, CommandRefused, DoseDue, DoseMissed
from protocol.link_messages import encode_link_message
from protocol.service_commands import EraseDevice, InstallFirmware, ServiceTests
from protocol.service_events import (
    BY_HUB,
    BY_KNOCK,
    ENDED_DOSE,
    ENDED_LEFT,
    ENDED_SILENCE,
    ServiceEnded,
    ServiceStarted,
)
from protocol.service_messages import COMMAND, HELLO, SELF_TEST, UPDATE_BEGIN, ServiceAsk
from protocol.service_state import SPEAKER, SelfTest
from tools.refusal import Refusal
from tools.workshop.ports import Candidate
from tools.workshop.service import Service, open_service

LATE_S = 4_000_000_000  # a command that does not expire in this test


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Unit]:
    """A unit that knows its centre and the time."""
    with Unit(tmp_path) as unit:
        unit.hub.trust()
        unit.hub.set_clock(unit.now_s)
        yield unit


def visit(unit: Unit):
    """A technician at the USB port, whose clock goes as fast as the unit's."""
    return open_service(Candidate(str(unit.device.usb), "", ""), now_ms=unit.hub.now_ms)


def busy(unit: Unit) -> str:
    """What the unit says to a knock that it does not answer."""
    with pytest.raises(Refusal) as refusal, visit(unit):
        pass
    return str(refusal.value)


def signed(unit: Unit, body, counter: int, key=None, until_s: int = LATE_S) -> bytes:
    """A command as the centre signs it, for a technician to carry."""
    key = key or unit.hub.centre
    unit.hub.counter = max(unit.hub.counter, counter)
    payload = Command(unit.hub.device_id, counter, until_s, body).encode()
    return sign1(payload, key.kid, CONTEXT_COMMAND, key.sign)


def back(unit: Unit, visits: int) -> ServiceEnded:
    """Wait until it doses again and has told of so many visits; returns how the last one ended."""
    ended = unit.hub.wait_for(ServiceEnded, count=visits)
    unit.hub.wait_for(Booted, count=visits + 2)
    return ended[-1]


def test_a_visit_never_costs_a_dose(unit: Unit):
    """While a dose is near or can be had nobody comes in; with its cable pulled a visit ends by itself, and each ends
    15 minutes before the next dose, which is then offered in time; every visit is told, and so is the missed dose."""
    unit.load(unit.plan(600, 600 + 5400))
    assert "due within 15 minutes" in busy(unit)
    unit.pass_s(600)
    unit.hub.wait_for(DoseDue)
    assert "can be had" in busy(unit)
    unit.pass_s(300)
    unit.hub.wait_for(DoseMissed)

    with visit(unit) as service:
        assert service.hello().left_s > 600
        for _ in range(4):  # so long that the rest after it outlasts whatever a busy machine does meanwhile
            unit.pass_s(100)
            service.hello()
        unit.device.pull_usb()
        unit.pass_s(150)
        unit.device.plug_usb()
    ended = back(unit, 1)
    assert ended.reason == ENDED_SILENCE and 520 <= ended.served_s < 900
    assert "in service just now" in busy(unit)

    due_s = unit.hub.bodies(DoseMissed)[0].due_s + 5400
    unit.pass_s(due_s - 20 * 60 - unit.now_s())
    with visit(unit) as service, contextlib.suppress(Refusal):  # in the end it is gone
        while unit.now_s() < due_s:
            unit.pass_s(60)
            service.hello()
    assert back(unit, 2).reason == ENDED_DOSE
    unit.pass_s(due_s + 5 - unit.now_s())
    unit.hub.wait_for(DoseDue, count=2)
    assert [body.how for body in unit.hub.bodies(ServiceStarted)] == [BY_KNOCK] * 2
    assert len(unit.hub.bodies(DoseMissed)) == 1


def test_a_visit_that_is_cut_off_owes_its_rest_too(unit: Unit):
    """Power fails in a visit, or the app crashes: whoever knocks then waits as after every other visit."""
    unit.load(unit.plan(7200))
    with contextlib.suppress(Refusal), visit(unit) as service:
        for _ in range(4):
            unit.pass_s(100)
            service.hello()
        unit.device.cut_power()
        unit.device.power_on()
    unit.hub.wait_for(Booted, count=3)
    assert "in service just now" in busy(unit)


def test_who_asks_without_a_pause_keeps_no_dose_from_the_patient(unit: Unit):
    """A computer at the cable always has two questions waiting, so that the device is never idle: 15 minutes before the
    dose it goes back all the same, and the dose is offered."""
    due_s = unit.now_s() + 1000
    unit.load(unit.plan(1000))
    service = Service(Candidate(str(unit.device.usb), "", ""), unit.hub.now_ms)
    service.enter()
    with contextlib.suppress(OSError):  # the device is gone
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            ask_on_and_on(service, unit.hub.now_ms())
    service.leave()
    ended = back(unit, 1)
    assert ended.reason == ENDED_DOSE and ended.served_s < 300
    unit.pass_s(due_s + 5 - unit.now_s())
    unit.hub.wait_for(DoseDue)


def ask_on_and_on(service: Service, now_ms: int) -> None:
    """Ask for the tone, which takes a second, as often as the line takes it."""
    line, body = service._line, cbor.encode(SelfTest(SPEAKER).to_map())
    assert line is not None
    while line._link.room:
        service._number = service._number % 60000 + 1
        question = encode_link_message(ServiceAsk(service._number, SELF_TEST, body))
        line.write(line._link.send(question, now_ms))
    line.listen()


def test_no_signed_command_acts_twice_whichever_app_it_reaches(unit: Unit):
    """A counter that the dosing app has used is refused in service mode and the other way round; the same command again
    is the same, until its time is over; another centre's, and one that has no place there, is refused; who was signed
    for need not wait."""
    unit.load(unit.plan(7200))
    used = unit.hub.counter
    with visit(unit) as service:

        def code(body, counter, key=None):
            return service.ask_for_code(COMMAND, signed(unit, body, counter, key))[0]

        other = type(unit.hub.centre)()
        assert code(EraseDevice(), used) == OLD_COUNTER
        assert code(EraseDevice(), used + 1, other) == UNKNOWN_KEY
        assert code(Pause(PAUSE_OTHER), used + 1) == WRONG_STATE
        assert code(ServiceTests(), used + 1) == 0
        assert code(ServiceTests(), used + 1) == 0
        assert code(EraseDevice(), used + 1) == OLD_COUNTER
        assert code(EraseDevice(), used) == OLD_COUNTER
    assert back(unit, 1).reason == ENDED_LEFT
    unit.hub.order(Pause(PAUSE_OTHER), counter=used + 1)
    assert unit.hub.wait_for(CommandRefused)[-1] == CommandRefused(used + 1, Pause.TYPE, OLD_COUNTER)
    late = signed(unit, ServiceTests(), used + 1, until_s=unit.now_s() - 60)
    with visit(unit) as service:
        assert service.ask_for_code(COMMAND, late)[0] == EXPIRED
    assert back(unit, 2).reason == ENDED_LEFT


def test_the_hub_brings_a_device_to_service_only_by_a_signed_order_and_far_from_a_dose(unit: Unit):
    """A question for service mode is let go; InstallFirmware within 30 minutes of a dose, and every order that is for
    service mode, is refused; later it is accepted, the device serves its hub's line, and without firmware it doses."""
    unit.load(unit.plan(1500))
    for what in (HELLO, UPDATE_BEGIN):
        unit.hub.send(ServiceAsk(1, what, bytes(16)))  # what is not signed changes nothing
    order = InstallFirmware(2, bytes(32))
    assert unit.refused(order) == NOT_NOW
    assert unit.refused(ServiceTests()) == WRONG_STATE
    unit.load(unit.plan(7200, first=2, version=2))
    counter = unit.hub.order(order)
    unit.text("Service")
    unit.pass_s(15 * 60 + 5)
    back(unit, 1)
    unit.answered(counter)
    assert [body.how for body in unit.hub.bodies(ServiceStarted)] == [BY_HUB]


def test_a_power_cut_ends_service(tmp_path: Path):
    """Power fails while a technician is at the cable: the device comes back dosing."""
    with Unit(tmp_path) as unit:
        unit.hub.wait_for(Booted)
        with visit(unit) as service:
            service.hello()
            unit.device.cut_power()
            unit.device.power_on()
        unit.hub.wait_for(Booted, count=2)
        assert unit.hub.bodies(ServiceStarted)
        assert not unit.hub.bodies(ServiceEnded)
