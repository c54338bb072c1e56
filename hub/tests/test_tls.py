"""Real TLS handshakes with a real mosquitto that go wrong: each gets its own sentence, and the hub goes on storing."""

import pytest

from hub.tests.parts.authority import Authority
from hub.tests.parts.broker import Mosquitto
from hub.tests.parts.hub_process import HubProcess, until
from hub.tests.parts.pty_device import PtyDevice
from hub.tests.parts.signing import DeviceJournal
from protocol.device_events import LidOpened


@pytest.fixture
def other_authority(tmp_path):
    return Authority(tmp_path, "other-ca")


class Try:
    """One hub against one broker that does not fit."""

    def __init__(self, tmp_path, files, authority, server, acl=None) -> None:
        self.broker = Mosquitto(tmp_path, authority, server, acl)
        self.broker.start()
        files.broker_port = self.broker.port
        self.hub = HubProcess(files)
        self.device = PtyDevice(tmp_path, DeviceJournal())
        self.device.journal.add(LidOpened())

    def says(self, *words) -> None:
        """The log has the sentence, status shows it, and the device's event is kept all the same."""
        try:
            self.hub.start()
            until(lambda: self.hub.said(*words), self.device)
            until(self.device.all_acked, self.device)
            status = self.hub.status()
            assert not status["path"]["up"] and all(word in status["path"]["sentence"] for word in words)
            assert status["outbox"]["waiting"] == 2  # the lid, and HubStarted
            until(lambda: self.device.path_up is False, self.device)
            assert self.hub.stop() == 0
            assert "Traceback" not in self.hub.text(), self.hub.text()
        finally:
            self.hub.kill()
            self.broker.kill()


def test_a_broker_certificate_from_another_authority(tmp_path, files, authority, other_authority):
    """The broker shows a certificate of an authority the hub does not know."""
    attempt = Try(tmp_path, files, authority, other_authority.issue("server", "broker", host="127.0.0.1"))
    attempt.says("comes from another authority than the one in broker.ca")


def test_a_broker_certificate_for_another_host(tmp_path, files, authority):
    """The broker shows a certificate that is not for the host the hub was told."""
    attempt = Try(tmp_path, files, authority, authority.issue("server", "broker", host="other.example"))
    attempt.says("broker's certificate is not for 127.0.0.1")


def test_a_broker_certificate_that_has_expired(tmp_path, files, authority):
    """The broker's certificate ended yesterday."""
    attempt = Try(tmp_path, files, authority, authority.issue("server", "broker", (-9, -1), host="127.0.0.1"))
    attempt.says("broker's certificate has expired")


def test_a_broker_certificate_that_is_not_valid_yet(tmp_path, files, authority):
    """A hub whose clock is behind is told to look at its clock."""
    attempt = Try(tmp_path, files, authority, authority.issue("server", "broker", (2, 9), host="127.0.0.1"))
    attempt.says("not valid yet", "hub's clock is probably wrong")


def test_a_hub_certificate_from_an_authority_the_broker_does_not_know(
    tmp_path, files, authority, other_authority
):
    """The broker refuses the hub's certificate in the handshake."""
    other_authority.issue("hub", f"{files.tenant}/{files.hub_id.hex()}")
    attempt = Try(tmp_path, files, authority, authority.issue("server", "broker", host="127.0.0.1"))
    attempt.says("broker does not know the authority that issued the hub's certificate")


def test_a_hub_certificate_that_has_expired(tmp_path, files, authority):
    """An expired hub certificate stops the talking, never the keeping."""
    authority.issue("hub", f"{files.tenant}/{files.hub_id.hex()}", days=(-9, -2))
    attempt = Try(tmp_path, files, authority, authority.issue("server", "broker", host="127.0.0.1"))
    attempt.says("hub's certificate has expired", "events are kept")


def test_a_hub_certificate_that_was_revoked(tmp_path, files, authority):
    """A hub that was shut out says so in words, and goes on storing what its dispensers report."""
    attempt = Try(tmp_path, files, authority, authority.issue("server", "broker", host="127.0.0.1"))
    attempt.broker.kill()
    conf = tmp_path / "mosquitto.conf"
    conf.write_text(conf.read_text() + f"crlfile {authority.revoke('hub')}\n")
    attempt.broker.start()
    attempt.says("broker says that the hub's certificate was revoked", "enrol the hub anew")


def test_a_port_that_speaks_no_tls(tmp_path, files, authority):
    """The hub was given the port of something else."""
    attempt = Try(tmp_path, files, authority, authority.issue("server", "broker", host="127.0.0.1"))
    attempt.broker.kill()
    conf = tmp_path / "mosquitto.conf"
    conf.write_text(f"listener {attempt.broker.port} 127.0.0.1\nallow_anonymous true\nuser root\n")
    attempt.broker.start()
    attempt.says("TLS")


def test_nobody_at_the_address(tmp_path, files, authority):
    """No broker runs where the hub looks for it."""
    attempt = Try(tmp_path, files, authority, authority.issue("server", "broker", host="127.0.0.1"))
    attempt.broker.kill()
    attempt.says("Nobody answers at 127.0.0.1", "refused")


def test_a_name_that_cannot_be_resolved(tmp_path, files, authority):
    """The broker's name is misspelt."""
    attempt = Try(tmp_path, files, authority, authority.issue("server", "broker", host="127.0.0.1"))
    files.broker_host = "broker.invalid"
    attempt.says("broker.invalid cannot be resolved")


def test_a_broker_that_does_not_let_the_hub_in(tmp_path, files, authority):
    """The broker takes the certificate and refuses the hub."""
    server = authority.issue("server", "broker", host="127.0.0.1")
    attempt = Try(tmp_path, files, authority, server)
    attempt.broker.kill()
    conf = tmp_path / "mosquitto.conf"
    conf.write_text(conf.read_text().replace("use_identity_as_username true\n", ""))
    attempt.broker.start()
    attempt.says("broker does not let this hub in")
