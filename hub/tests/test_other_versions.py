"""A dispenser whose link is of another version, and the real hub behind the port."""

import os
import pty
import tty

import pytest

from hub.tests.parts.hub_process import HubProcess, until
from protocol import cbor, frame
from protocol.link import RESET


@pytest.fixture
def hub(files):
    process = HubProcess(files)
    yield process
    process.kill()
    assert "Traceback" not in process.text(), process.text()


def test_a_dispenser_of_another_major_version_is_refused_in_a_sentence_that_says_what_to_update(
    tmp_path, hub
):
    """The technician reads in the status which side speaks which version, and which of them is the older one."""
    master, slave = pty.openpty()
    tty.setraw(slave)
    (tmp_path / "device").symlink_to(os.ttyname(slave))
    hub.start()
    reset = frame.encode(bytes([RESET, 9]) + bytes(8) + cbor.encode({1: [2, 0], 9: "new"}))

    def refused() -> bool:
        os.write(master, reset)
        status = hub.status()
        return bool(status) and "version 2.0 of the link" in status["ports"][0]["sentence"]

    until(refused)
    assert "update this end" in hub.status()["ports"][0]["sentence"]
    os.close(master)
    os.close(slave)
