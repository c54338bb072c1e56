"""The technician's end of the cable against a device's end of the same link, byte for byte."""

import pytest

from protocol.errors import NOT_NOW, UNKNOWN_TYPE
from protocol.link import DEVICE, Link
from protocol.link_messages import (
    Identity,
    LinkEvent,
    Trust,
    Trusted,
    decode_link_message,
    encode_link_message,
)
from tools.authority.keys import new_key, public_point
from tools.exit_codes import NOT_VERIFIED, REFUSED, TIMED_OUT
from tools.refusal import Refusal
from tools.workshop.cable import WorkshopCable

POINT = public_point(new_key())
CENTRE = public_point(new_key())


class Device:
    """A device at the other end of the wire: says who it is, sends old events, and answers Trust once."""

    def __init__(self, events=0, result=0, restarts=0):
        self.now_ms = 0
        self._restarts = restarts
        self.trusted = []
        self._result = result
        self._link = Link(DEVICE, bytes(8))
        self._to_say = [encode_link_message(Identity(POINT, 1, "1.0", False))]
        self._to_say += [encode_link_message(LinkEvent(b"event"))] * events
        self._out = b""

    def write(self, data):
        for payload in self._link.receive(data, self.now_ms):
            message = decode_link_message(payload)
            if isinstance(message, Trust):
                self.trusted.append((message.centre_point, message.tenant))
                if self._restarts:
                    self._restarts -= 1
                    self._out = self._link.start(self.now_ms)
                    return
                self._to_say.append(encode_link_message(Trusted(self._result)))
        self._out += self._link.outgoing() + self._link.accept(self.now_ms)
        if not self._link.epoch and not self._link.stats.starts:
            self._out += self._link.start(self.now_ms)

    def read(self, size):
        self.now_ms += 20
        self._out += self._link.tick(self.now_ms)
        while self._link.room and self._to_say:
            self._out += self._link.send(self._to_say.pop(0), self.now_ms)
        data, self._out = self._out, b""
        return data


def cable_to(device, limit_s=5.0):
    return WorkshopCable(device, lambda: device.now_ms, limit_s)


def test_a_new_device_says_who_it_is_and_takes_its_centre():
    """A technician connects a new device, sees its key, and gives it the centre it will obey."""
    device = Device()
    cable = cable_to(device)

    identity = cable.identity()
    cable.trust(CENTRE, "vadso")

    assert identity.public_point == POINT
    assert device.trusted == [(CENTRE, "vadso")]


def test_old_events_do_not_stop_the_technician():
    """A device with a full journal can be provisioned too: its events wait for their receipt, not for us."""
    device = Device(events=20)
    cable = cable_to(device)

    cable.identity()
    cable.trust(CENTRE, "vadso")

    assert device.trusted == [(CENTRE, "vadso")]


def test_a_device_of_another_centre_says_no_in_words():
    """A device that serves another centre refuses, and the technician reads why."""
    cable = cable_to(Device(result=NOT_NOW))
    cable.identity()

    with pytest.raises(Refusal, match="refuses this centre") as refusal:
        cable.trust(CENTRE, "vadso")

    assert refusal.value.code == REFUSED


def test_a_device_that_wants_a_certificate_says_so_in_words():
    """A device that was flashed with an enrolment key takes no bare word, and the technician reads what to do."""
    cable = cable_to(Device(result=UNKNOWN_TYPE))
    cable.identity()

    with pytest.raises(Refusal, match="dosevakt provision") as refusal:
        cable.trust(CENTRE, "vadso")

    assert refusal.value.code == REFUSED


def test_a_device_that_starts_anew_on_learning_its_centre_is_asked_again():
    """The device restarts before it has answered: the tool tells it again, and gets its yes."""
    device = Device(restarts=1)
    cable = cable_to(device)

    cable.identity()
    cable.trust(CENTRE, "vadso")

    assert device.trusted == [(CENTRE, "vadso")] * 2


class Silence:
    """Nothing at the other end."""

    def __init__(self, noise=b""):
        self.noise = noise

    def write(self, data):
        """Nobody hears it."""

    def read(self, size):
        return self.noise


def test_a_cable_with_nothing_at_its_end_is_told_so():
    """No answer within the limit is a sentence about power and cable, not a hang."""
    with pytest.raises(Refusal, match="Is it on") as refusal:
        WorkshopCable(Silence(), limit_s=0.05).identity()

    assert refusal.value.code == TIMED_OUT


def test_garbage_on_the_cable_is_told_apart_from_silence():
    """A wrong baud rate shows as garbage, and the technician is told to check it."""
    with pytest.raises(Refusal, match="baud rate") as refusal:
        WorkshopCable(Silence(b"\x93\xfe\x11\x00"), limit_s=0.05).identity()

    assert refusal.value.code == NOT_VERIFIED
