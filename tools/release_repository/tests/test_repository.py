"""The offline half of the firmware repository: who must sign, and what a person is told."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from tuf.api.exceptions import UnsignedMetadataError
from typer.testing import CliRunner

from tools.authority.keys import public_point
from tools.release_repository import offline, roles
from tools.release_repository.command import repository as command
from tools.release_repository.tests.bundles import release_key, signed_bundle

NOW = datetime(2026, 11, 22, tzinfo=UTC)
RELEASE = release_key()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A repository whose keys have no passphrase."""
    return offline.new_repository(tmp_path_factory.mktemp("tuf") / "keys", None, NOW)


def type_in(*words):
    return CliRunner().invoke(command, [str(word) for word in words])


def test_a_root_needs_two_people(made, tmp_path):
    """A root that one key alone signed is believed by nobody, and our own command refuses to make one."""
    root = made.root()
    root.signed.verify_delegate("root", root.signed_bytes, root.signatures)
    for name in ("root-2", "root-3"):
        roles.key_file(made.folder, name).rename(tmp_path / name)
    try:
        with pytest.raises(offline.TooFewKeysError):
            offline.renew_root(made, None, NOW)
        told = type_in("renew", made.folder)
        assert told.exit_code == 1 and "put the other root keys" in told.output
        keep = list(root.signatures.items())[:1]
        root.signatures.clear()
        root.signatures.update(keep)
        with pytest.raises(UnsignedMetadataError):
            made.root().signed.verify_delegate("root", root.signed_bytes, root.signatures)
    finally:
        for name in ("root-2", "root-3"):
            (tmp_path / name).rename(roles.key_file(made.folder, name))


def test_what_was_published_never_changes(made, tmp_path):
    """The list names version, number, class and manifest of a bundle; other bytes under its name are refused."""
    first, other = signed_bundle(RELEASE, "0.2.0", 7, b"code"), signed_bundle(RELEASE, "0.2.0", 7, b"else")
    (tmp_path / "release.pub").write_bytes(public_point(RELEASE))
    for bundle, code, words in (
        (first, 0, '"sequence": 7'),
        (first, 0, "ok"),
        (other, 1, "needs a new version"),
    ):
        file = tmp_path / "some.dvb"
        file.write_bytes(bundle.encode())
        done = type_in("publish", made.folder, file, "--release-key", tmp_path / "release.pub", "--json")
        assert done.exit_code == code and words in done.output, done.output
    listed = made.targets_list().signed.targets["dosevakt-tablet-pico-0.2.0.dvb"]
    assert listed.custom == offline.described(first)
    assert listed.custom["manifest_digest"] == first.manifest_digest().hex()
    made.root().signed.verify_delegate(
        "targets", made.targets_list().signed_bytes, made.targets_list().signatures
    )


def test_a_bundle_of_another_release_key_is_not_published(made, tmp_path):
    """Firmware that the named release key did not sign comes into no list."""
    (tmp_path / "release.pub").write_bytes(public_point(release_key()))
    (tmp_path / "a.dvb").write_bytes(signed_bundle(RELEASE, "0.3.0", 8, b"code").encode())
    before = made.newest("targets")
    done = type_in("publish", made.folder, tmp_path / "a.dvb", "--release-key", tmp_path / "release.pub")
    assert done.exit_code == 7 and "not to be trusted" in done.output
    assert made.newest("targets") == before


def test_a_new_root_follows_the_old_one(made):
    """After a theft of the online key a new root names the new one, and the old root believes it."""
    old = made.root()
    roles.key_file(made.folder, roles.ONLINE).unlink()
    roles.save_key(roles.new_key(), roles.key_file(made.folder, roles.ONLINE))
    version = offline.renew_root(made, None, NOW + timedelta(days=1))
    new = made.root()
    assert version == new.signed.version == old.signed.version + 1
    old.signed.verify_delegate("root", new.signed_bytes, new.signatures)
    assert set(new.signed.roles["timestamp"].keyids).isdisjoint(old.signed.roles["timestamp"].keyids)


def test_sealed_keys_open_with_their_passphrase_alone(tmp_path):
    """Root and targets keys lie behind the passphrase; without it a sentence says how to give it."""
    words = tmp_path / "words"
    words.write_text("correct horse battery\n")
    done = type_in("new", tmp_path / "keys", "--passphrase-file", words, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.output.splitlines()[-1])["result"] == "ok"
    keys = {key.stem: key.read_bytes() for key in (tmp_path / "keys").glob("*.key")}
    sealed = {name for name, pem in keys.items() if b"BEGIN ENCRYPTED" in pem}
    assert sealed == {*roles.ROOT_NAMES, roles.TARGETS} and set(keys) - sealed == {roles.ONLINE}
    told = type_in("renew", tmp_path / "keys")
    assert told.exit_code == 1 and "--passphrase-file" in told.output
    again = type_in("new", tmp_path / "keys", "--passphrase-file", words)
    assert again.exit_code == 1 and "never replaced" in again.output


def test_a_folder_without_a_repository_is_a_sentence(tmp_path):
    """A wrong folder is named, and what to do."""
    told = type_in("renew", tmp_path)
    assert told.exit_code == 2 and "dosevakt repository new" in told.output
