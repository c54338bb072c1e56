"""The keys of an installation, as files on a disk."""

import stat

import pytest
from cryptography import x509

from protocol.cose import device_id_of
from protocol.errors import MessageError
from tools.authority.certificates import issue_client, load_authority
from tools.authority.installation import add_hub, new_installation, open_installation
from tools.authority.keys import load_key, public_point


@pytest.fixture
def installation(tmp_path):
    return new_installation(tmp_path / "keys", ["localhost", "127.0.0.1"])


def test_private_keys_are_their_owners_alone(installation):
    """Nobody else on the machine can read a key, from the moment it exists."""
    add_hub(installation, "vadso", "a")

    keys = list(installation.folder.rglob("*.key"))

    assert len(keys) == 6
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}


def test_a_hub_is_named_by_its_event_key(installation):
    """The broker's name for a hub, its topics and its signed events all carry the same id."""
    hub = add_hub(installation, "vadso", "a")

    certificate = x509.load_pem_x509_certificate(hub.tls.certificate.read_bytes())

    assert hub.hub_id == device_id_of(public_point(load_key(hub.event_key)))
    assert certificate.subject.rfc4514_string() == f"CN=vadso/{hub.hub_id.hex()}"


def test_an_installation_is_never_made_twice_in_one_folder(installation):
    """Running the tool again cannot lock out the hubs and devices that trust the first keys."""
    before = installation.centre_point

    with pytest.raises(FileExistsError):
        new_installation(installation.folder, ["localhost"])

    assert open_installation(installation.folder).centre_point == before


@pytest.mark.parametrize("tenant", ["", "a/b", "a+b", "#", "Vadsø", "a b", "x" * 33])
def test_a_tenant_that_would_break_a_topic_is_refused(installation, tenant):
    """A municipality's name can never reach into another's topics."""
    with pytest.raises(MessageError, match="a tenant has"):
        add_hub(installation, tenant, "a")


def test_a_name_too_long_for_a_certificate_is_refused(installation, tmp_path):
    """A name that would be cut short is an error, not another name."""
    with pytest.raises(ValueError, match="1 to 64 characters"):
        issue_client(load_authority(installation.folder), tmp_path / "long", "x" * 65)


def test_a_file_without_a_key_is_named(tmp_path, installation):
    """The wrong file in a key's place is told by its name."""
    with pytest.raises(ValueError):
        load_key(installation.ca)
