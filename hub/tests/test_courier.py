"""What comes down from the broker, byte for byte: only receipts and commands are taken, everything else is refused."""

from hypothesis import given
from hypothesis import strategies as st

from hub.core.envelope import address_of
from hub.courier import Courier
from hub.devices import Devices
from hub.edges.keys import CentreKey
from hub.edges.log import start_log
from hub.tests.parts.signing import CentreSigner, DeviceJournal
from protocol import cbor
from protocol.commands import Command
from protocol.cose import CONTEXT_COMMAND
from protocol.events import CredentialsLocked, PouchesRetained, RefillStarted
from protocol.link_messages import LinkCommand, Trust, decode_link_message, encode_link_message
from protocol.path_messages import CarriedCommand, encode_path_message
from protocol.refill_commands import AddCredential

CENTRE = CentreSigner()
DEVICE = b"device-A"


class Port:
    """A port that is only woken."""

    def wake(self):
        pass

    def moved(self, device_id):
        pass


def courier_and_box():
    devices = Devices(lambda: None)
    box = devices.link_up(DEVICE, Port(), None)
    box.take()  # the path's state
    log = start_log("error")
    return Courier(b"hub-one!", CentreKey(CENTRE.private.public_key()), None, devices, log), box


@given(st.binary(max_size=200))
def test_bytes_that_are_no_message_of_the_centre_reach_no_dispenser(data):
    """Whatever somebody publishes on the hub's topic, only a well-formed command is passed on."""
    courier, box = courier_and_box()
    courier.take(data)
    assert courier.refused == 1 and box.take() is None


def test_a_new_centre_key_cannot_come_over_the_network():
    """Trust is given by a technician's cable only: sent from above it arrives as a command that no device believes."""
    trust = encode_link_message(Trust(b"\x04" + bytes(64), "bygd"))
    courier, box = courier_and_box()
    courier.take(trust)
    courier.take(cbor.encode([9, trust]))
    assert courier.refused == 2 and box.take() is None
    courier.take(encode_path_message(CarriedCommand(DEVICE, trust)))
    assert isinstance(decode_link_message(box.take()), LinkCommand)


def test_a_command_sent_twice_waits_once_and_after_delivery_may_come_again():
    """The centre sends commands again until they are answered: the dispenser is not flooded, and not left out."""
    courier, box = courier_and_box()
    command = encode_path_message(CarriedCommand(DEVICE, CENTRE.command(DEVICE, 1)))
    courier.take(command)
    courier.take(command)
    assert box.take() is not None and box.take() is None
    courier.take(command)
    assert box.take() is None  # still travelling
    box.acked(2)
    courier.take(command)
    assert box.take() is not None


def test_who_may_fill_passes_the_hub_unread():
    """A credential for a dispenser goes on byte for byte, whatever the hub knows of such orders."""
    courier, box = courier_and_box()
    body = AddCredential(bytes(8), 1, None, bytes(16))
    signed = CENTRE.sign(Command(DEVICE, 1, 1_900_000_000, body).encode(), CONTEXT_COMMAND)
    courier.take(encode_path_message(CarriedCommand(DEVICE, signed)))
    assert box.take() == encode_link_message(LinkCommand(signed))


def test_what_a_refill_reports_passes_the_hub_unread():
    """Of a filling's or roll's event the hub reads whose it is and its number, as of every other."""
    journal = DeviceJournal()
    for number, body in enumerate(
        (RefillStarted(bytes(8), 1), PouchesRetained(1, 2, 2), CredentialsLocked(900)), 1
    ):
        assert address_of(journal.add(body)) == (journal.id, number)
