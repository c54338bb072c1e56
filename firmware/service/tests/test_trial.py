"""A new version on trial, on a board as it leaves the workshop: who keeps it, and when the one before comes back."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.service.tests.test_beside_doses import signed
from firmware.tests.unit import Unit
from protocol.events import Booted
from protocol.service_commands import OpenRepl
from protocol.service_events import REVERTED_NOT_CONFIRMED, ReplOpened, UpdateConfirmed, UpdateReverted
from tools.emulator.dispenser import VirtualDispenser
from tools.emulator.flashed import flashed
from tools.workshop.ports import Candidate
from tools.workshop.service import open_service

HALF_AN_HOUR_S = 1800
MOST_BESIDE_S = 120  # the leap goes on until somebody has looked at the clock


@pytest.fixture
def unit(tmp_path: Path) -> Iterator[Unit]:
    """Version 2 is on trial, version 1 lies beside it; the unit knows its centre and the time."""
    flashed(tmp_path, trial=True)
    unit = Unit(tmp_path)
    unit.device = VirtualDispenser(tmp_path, rate=10.0, stock=True)
    with unit:
        unit.hub.trust()
        unit.hub.wait_for(Booted, count=2)
        unit.hub.set_clock(unit.now_s)
        yield unit


def test_the_centres_receipt_for_this_start_keeps_a_new_version(unit: Unit):
    """A receipt for an event from before this start proves nothing; one for an event of it, and the version stays."""
    events = list(unit.hub.events)
    before = [event.seq for event in events if event.boot < events[-1].boot][-1]
    unit.hub.receipt(before)
    unit.hub.wait(lambda: not unit.hub.busy)
    assert not unit.hub.bodies(UpdateConfirmed)
    unit.hub.receipt(len(events))
    assert unit.hub.wait_for(UpdateConfirmed)[0].sequence == 2
    unit.pass_s(HALF_AN_HOUR_S + MOST_BESIDE_S)
    assert not unit.hub.bodies(UpdateReverted)


def test_a_version_that_nobody_confirms_goes_back_after_half_an_hour(unit: Unit):
    """No receipt comes in 30 minutes: it says so, and the version from before doses again, and stays."""
    unit.pass_s(HALF_AN_HOUR_S - MOST_BESIDE_S)
    assert not unit.hub.bodies(UpdateReverted)
    unit.pass_s(2 * MOST_BESIDE_S)
    assert unit.hub.wait_for(UpdateReverted) == [UpdateReverted(2, REVERTED_NOT_CONFIRMED)]
    unit.hub.wait_for(Booted, count=3)
    with open_service(Candidate(str(unit.device.usb), "", ""), now_ms=unit.hub.now_ms) as service:
        hello = service.hello()
    assert (hello.sequence, hello.slot, hello.trial, hello.locked) == (1, "a", False, True)


def test_the_console_of_an_owned_unit_opens_once_for_the_centres_signed_word(unit: Unit):
    """Signed for 5 minutes: the next start is a prompt; after a power cut the unit doses, and has told of it."""
    with open_service(Candidate(str(unit.device.usb), "", ""), now_ms=unit.hub.now_ms) as service:
        service.carry(signed(unit, OpenRepl(5), 90))
    unit.device.wait_for(lambda facts: unit.device.console().endswith(">>> "))
    unit.device.cut_power()
    unit.device.power_on()
    assert unit.hub.wait_for(ReplOpened) == [ReplOpened(90, 5)]


def test_a_technicians_hello_keeps_the_version_of_a_unit_that_nobody_owns(tmp_path: Path):
    """Without a centre there is no receipt: the technician who hears the new version say who it is keeps it."""
    flashed(tmp_path, trial=True)
    with VirtualDispenser(tmp_path, stock=True) as device:
        with open_service(Candidate(str(device.usb), "", "")) as service:
            first, second = service.hello(), service.hello()
    assert (first.sequence, first.slot, first.trial, first.owned) == (2, "b", False, False)
    assert second.trial is False
