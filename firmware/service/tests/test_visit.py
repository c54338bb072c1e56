"""A visit to a device in service mode: knock, come in, ask, leave; on the real firmware."""

from pathlib import Path

import pytest

from protocol.errors import BAD_BYTES
from protocol.service_messages import COMMAND
from tools.emulator.dispenser import VirtualDispenser
from tools.workshop.ports import Candidate
from tools.workshop.service import open_service


@pytest.mark.parametrize("way", ["port", "usb"])
def test_a_device_that_nobody_owns_lets_a_technician_in_and_doses_again_afterwards(tmp_path: Path, way: str):
    """On either cable: it says who it is with its own signature, says no in codes, shows that it is in service, and
    goes back by itself when the technician leaves."""
    with VirtualDispenser(tmp_path) as device:
        with open_service(Candidate(str(getattr(device, way)), "", "")) as service:
            hello = service.hello()
            device.wait_for(lambda facts: facts["text"] == ["Service", "Vent litt"])
            codes = [service.ask_for_code(COMMAND, cose)[0] for cose in (None, b"nothing")]
        device.wait_for(lambda facts: facts["boots"] == 3 and "Ikke i bruk" in facts["text"])

        assert (hello.model, hello.owned, hello.trial, hello.boot) == (1, False, False, 2)
        assert codes == [BAD_BYTES, BAD_BYTES]
        assert "Traceback" not in device.console()
