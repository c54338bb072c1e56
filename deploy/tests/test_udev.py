"""The rules for the dispensers' ports, acted on by the real udev with Debian's own rules beside them."""

import pytest

from deploy.tests.usb_stick import Stick, plug_in

PICO = Stick("2e8a", "0005", "MicroPython", "Board in FS mode", "e66164084373532f", "ttyACM0")
ADAPTERS = (
    Stick("0403", "6001", "FTDI", "FT232R USB UART", "A50285BI", "ttyUSB0"),
    Stick("10c4", "ea60", "Silicon Labs", "CP2102N USB to UART", "0001", "ttyUSB0"),
    Stick("1a86", "7523", "QinHeng", "USB Serial", "17", "ttyUSB0"),
)


def test_a_dispensers_port_has_a_name_that_stays(tmp_path):
    """Plugged in anywhere and in any order, a dispenser is found by its own serial number."""
    made = plug_in(tmp_path, PICO)
    assert made["LINK"] == "usb-MicroPython_Board_in_FS_mode_e66164084373532f-if00"


@pytest.mark.parametrize("stick", (PICO, *ADAPTERS), ids=lambda stick: stick.vendor)
def test_the_hub_alone_speaks_to_a_dispensers_port(tmp_path, stick):
    """The hub's group may use the port and others may not; no modem program tries it, and it does not fall asleep."""
    made = plug_in(tmp_path, stick)
    assert made["NODE"] == "660 root:dialout"
    assert (made["ID_MM_DEVICE_IGNORE"], made["ID_MM_PORT_IGNORE"], made["ASLEEP"]) == ("1", "1", "on")


def test_other_sticks_are_left_as_they_are(tmp_path):
    """A modem that the hub's machine reaches the network with stays one."""
    made = plug_in(tmp_path, Stick("12d1", "1506", "HUAWEI", "Mobile", "1", "ttyUSB0"))
    assert "ID_MM_DEVICE_IGNORE" not in made and made["ASLEEP"] == "au"
