"""A room with real neighbours: mosquitto with mutual TLS, a centre, a device on a pty, the hub as a process."""

import shutil
from types import SimpleNamespace

import pytest

from hub.tests.parts.authority import Authority
from hub.tests.parts.broker import Centre, Mosquitto
from hub.tests.parts.hub_process import HubFolder, HubProcess
from hub.tests.parts.pty_device import PtyDevice
from hub.tests.parts.signing import CentreSigner, DeviceJournal


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def files(tmp_path, authority):
    return HubFolder(tmp_path, authority, CentreSigner())


@pytest.fixture
def room(tmp_path, authority):
    """broker, centre, hub and one device; the hub is not started yet."""
    assert shutil.which("mosquitto"), (
        "install mosquitto (apt-get install mosquitto): the hub is tested against a real broker"
    )
    signer = CentreSigner()
    broker = Mosquitto(tmp_path, authority, authority.issue("server", "broker", host="127.0.0.1"))
    broker.start()
    files = HubFolder(tmp_path, authority, signer)
    files.broker_port = broker.port
    centre = Centre(
        signer, files.tenant, broker.port, authority.root, authority.issue("centre-client", "centre")
    )
    device = PtyDevice(tmp_path, DeviceJournal())
    hub = HubProcess(files)
    yield SimpleNamespace(
        broker=broker, centre=centre, hub=hub, device=device, files=files, signer=signer, authority=authority
    )
    hub.kill()
    centre.close()
    broker.kill()
    assert "Traceback" not in hub.text(), hub.text()
