"""dosevakt release: a key that is sealed, bundles that it signed, and what is refused."""

import json

import pytest
from typer.testing import CliRunner

from firmware.loader.record import LOADER
from tools.cli import app
from tools.exit_codes import INCOMPATIBLE, OK, REFUSED, USAGE
from tools.firmware.build import MODELS, code_files
from tools.firmware.signing import LOADER_VERSION

RUNNER = CliRunner()


def run(*words):
    return RUNNER.invoke(app, ["release", *map(str, words)])


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """A folder with a sealed release key, and the file with its passphrase."""
    folder = tmp_path_factory.mktemp("release")
    words = folder / "words"
    words.write_text("four words by chance\n")
    assert run("key", folder / "keys", "--passphrase-file", words).exit_code == OK
    return folder / "keys", words


def test_a_release_is_made_and_checked(keys, tmp_path):
    """One command builds and signs both boards' firmware; the check says version and sequence, and that it is whole."""
    folder, words = keys
    made = run("make", folder, "--version", "0.2.0", "--out", tmp_path, "--passphrase-file", words, "--json")
    assert made.exit_code == OK, made.output
    bundles = json.loads(made.stdout.splitlines()[-1])["bundles"]
    assert [one["device_class"] for one in bundles] == ["tablet-pico", "multidose-pico"]
    file = tmp_path / "dosevakt-tablet-pico-0.2.0.dvb"
    checked = run("check", file, "--release-key", folder / "release.pub", "--json")
    facts = json.loads(checked.stdout.splitlines()[-1])
    assert checked.exit_code == OK and (facts["version"], facts["sequence"]) == (
        "0.2.0",
        bundles[0]["sequence"],
    )
    assert facts["manifest_digest"]

    again = run(
        "make",
        folder,
        "--version",
        "0.2.1",
        "--board",
        "tablet",
        "--out",
        tmp_path,
        "--passphrase-file",
        words,
    )
    assert again.exit_code == OK and f"sequence {facts['sequence'] + 1}" in again.stdout
    assert f"Next: dosevakt flash {tmp_path}" in again.stderr and f"--release-key {folder}" in again.stderr
    used = run("make", folder, "--version", "0.2.2", "--sequence", 1, "--passphrase-file", words)
    assert used.exit_code == USAGE and "has been used" in used.stderr


def test_a_changed_or_cut_bundle_is_refused(keys, tmp_path):
    """One byte changed, the end cut off, another key: the check says so in a sentence, with exit code 7."""
    folder, words = keys
    run(
        "make",
        folder,
        "--version",
        "0.3.0",
        "--board",
        "tablet",
        "--out",
        tmp_path,
        "--passphrase-file",
        words,
    )
    file = tmp_path / "dosevakt-tablet-pico-0.3.0.dvb"
    whole = file.read_bytes()
    for data, why in (
        (whole[:-1], "cut short"),
        (whole[:5000] + b"\xff" + whole[5001:], "not to be trusted"),
        (whole[:60] + bytes([whole[60] ^ 1]) + whole[61:], ""),
        (b"PK\x03\x04" + bytes(100), "no firmware bundle"),
        (bytes(3 << 20), "at most"),
    ):
        file.write_bytes(data)
        refused = run("check", file, "--release-key", folder / "release.pub")
        assert refused.exit_code == INCOMPATIBLE and why in refused.stderr, why
        assert "Traceback" not in refused.output
    file.write_bytes(whole)
    assert run("key", tmp_path / "other", "--passphrase-file", words).exit_code == OK
    refused = run("check", file, "--release-key", tmp_path / "other" / "release.pub")
    assert refused.exit_code == INCOMPATIBLE and "key that is not trusted" in refused.stderr


def test_a_key_is_never_replaced_and_never_used_unsealed(keys, tmp_path):
    """A second key in the same folder, a wrong passphrase, a missing key: refused, and the key stays as it was."""
    folder, words = keys
    before = (folder / "release.key").read_bytes()
    assert b"ENCRYPTED" in before and (folder / "release.key").stat().st_mode & 0o077 == 0
    assert run("key", folder, "--passphrase-file", words).exit_code == REFUSED
    assert (folder / "release.key").read_bytes() == before
    wrong = tmp_path / "wrong"
    wrong.write_text("not the right words\n")
    refused = run("make", folder, "--version", "0.4.0", "--passphrase-file", wrong)
    assert refused.exit_code == REFUSED and "passphrase" in refused.stderr
    nowhere = run("make", tmp_path, "--version", "0.4.0", "--passphrase-file", words)
    assert nowhere.exit_code == USAGE and "dosevakt release key" in nowhere.stderr


def test_words_that_cannot_be_are_refused(keys, tmp_path):
    """A version that could name another file, a day that is none, a board that is none: each is a sentence."""
    folder, words = keys
    for options, why in (
        (["--version", "../0.2"], "version"),
        (["--version", "0.5.0", "--not-after", "soon"], "no day"),
        (["--version", "0.5.0", "--downgrade"], "needs its last day"),
        (["--version", "0.5.0", "--board", "watch"], "no board"),
    ):
        refused = run("make", folder, *options, "--out", tmp_path, "--passphrase-file", words)
        assert refused.exit_code == USAGE and why in refused.stderr, refused.output


@pytest.mark.parametrize("device_class", MODELS)
def test_no_file_has_code_for_one_processor(device_class):
    """The very bytes that are tested on the virtual board run on both boards: no .mpy holds native code."""
    files = code_files(device_class, "0.2.0")
    compiled = {path: data for path, data in files.items() if path.endswith(".mpy")}
    assert len(compiled) > 150
    for path, data in compiled.items():
        # .mpy header: M, version 6, feature flags (0: no native code), bits of a small integer
        assert data[:3] == b"M\x06\x00" and data[3] <= 31, path
    assert b"0.2.0" in files["firmware/version.mpy"]


def test_a_release_asks_for_no_newer_loader_than_it_brings():
    """The loader that a manifest asks for is the one in the same bundle, by the number that it gives itself."""
    assert LOADER_VERSION == LOADER
