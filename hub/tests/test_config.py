"""A config is complete or refused as a whole, each problem in one sentence."""

import json
import re
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from hub.__main__ import FAILED, main
from hub.config import ConfigRefusedError, read_config
from hub.edges.credentials import certificate_fault
from hub.edges.system_clock import SystemClock
from hub.tests.parts.authority import new_key, write_key, write_public


def refusal(files, capsys) -> list[str]:
    """The sentences on stderr of a hub that refuses to start."""
    assert main(["--config", str(files.write())]) == 2
    return capsys.readouterr().err.splitlines()


def replaced(files, old: str, new: str):
    """The same config with one thing spoilt."""
    text = files.toml()
    assert old in text
    files.toml = lambda: text.replace(old, new)
    return files


PLACE = re.compile(r"\S+/hub\.toml(:\d+)?: ")
SPOILT = [
    ('tenant = "bygd"', 'tenant = "bygd"\ncolour = "red"', "hub.colour: unknown key"),
    ('tenant = "bygd"\n', "", "hub.tenant: is missing"),
    ('tenant = "bygd"', 'tenant = "Bygd!"', "hub: a tenant has only a-z"),
    ("port = 1\n", "port = 99999\n", "broker.port: input should be less than or equal to 65535"),
    ("port = 1\n", 'port = "8883"\n', "broker.port: input should be a valid integer"),
    ('[log]\nlevel = "debug"', '[log]\nlevel = "loud"', "log.level: input should be 'debug'"),
    ("[centre]\n", "[center]\n", "center: unknown key"),
    ("[broker]\n", "[broker\n", "is not TOML"),
    ("[[port]]\npath", "[[port]]\nbaud = 1234\npath", "port.1.baud: 1234 is not one of"),
    ("[log]\n", '[ports]\nmatch = ["/dev/*"]\n[log]\n', "ports.match.1: string should match pattern"),
    ("[log]\n", "[ports]\nbaud = 300\n[log]\n", "ports.baud: 300 is not one of"),
    ("[[port]]\npath", '[[port]]\nby_id = "usb-x"\npath', "port.1: give either path or by_id"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), SPOILT)
def test_a_config_with_anything_wrong_is_refused_in_a_sentence(files, capsys, old, new, sentence):
    """An unknown key, a missing one, a value out of bounds: the hub does not start and says which and why."""
    lines = refusal(replaced(files, old, new), capsys)
    assert any(sentence in line for line in lines), lines
    assert all(PLACE.match(line) and line.endswith(".") for line in lines)


def test_two_ports_with_one_path_are_refused(files, capsys):
    """Two dispensers cannot share a port."""
    files.ports *= 2
    assert "stands there twice" in refusal(files, capsys)[0]


def test_a_hub_without_any_port_is_refused_unless_it_may_look_for_them(files, capsys):
    """Nobody named a dispenser and nobody allowed looking for them: that is said, with both ways out."""
    files.ports = []
    assert "add a [[port]]" in refusal(files, capsys)[0]
    files.more = "[ports]\ndiscover = true\n"
    config = read_config(files.write())
    assert config.fixed_ports == [] and config.ports.by_id_dir.as_posix() == "/dev/serial/by-id"


def test_a_port_by_its_stick_lies_in_the_folder_of_names(files):
    """by_id is a name in ports.by_id_dir, and a folder that is not absolute lies beside the settings."""
    text = files.toml().replace(f'path = "{files.ports[0]}"', 'by_id = "usb-x"')
    files.toml = lambda: text + '[ports]\nby_id_dir = "names"\n'
    assert read_config(files.write()).fixed_ports == [(str(files.folder / "names" / "usb-x"), 115_200)]


def test_a_shown_time_is_only_for_a_demo(files, capsys):
    """A clock that runs faster than life is refused outside the demo."""
    files.more = "[demo_clock]\nstarted_unix_s = 1.0\nshows_utc_s = 1800000000\nrate = 60\n"
    assert 'only the tenant "demo"' in refusal(files, capsys)[0]
    files.tenant = "demo"
    assert read_config(files.write()).demo_clock.rate == 60


def test_every_problem_is_named_at_once(files, capsys):
    """Three wrong files give three sentences, so that a technician goes there once."""
    (files.folder / "event.key").unlink()
    (files.folder / "centre.pem").write_text("nothing")
    write_key(files.folder / "hub.key", new_key())
    lines = refusal(files, capsys)
    assert len(lines) == 3
    assert "hub.event_key" in lines[0] and "cannot be read" in lines[0]
    assert any("centre.public_key" in line and "no public key" in line for line in lines)
    assert any("does not belong to broker.key" in line for line in lines)


def test_a_key_of_another_kind_is_refused(files, capsys):
    """Keys must be P-256: an RSA key and another curve are refused."""
    write_key(files.folder / "event.key", rsa.generate_private_key(65537, 2048))
    write_public(files.folder / "centre.pem", ec.generate_private_key(ec.SECP384R1()))
    lines = refusal(files, capsys)
    assert [("not a P-256 key" in line) for line in lines] == [True, True]


def test_a_certificate_for_another_hub_is_refused(files, capsys):
    """The certificate's name must be this tenant and this hub."""
    files.authority.issue("hub", "bygd/0000000000000000")
    assert "its common name is bygd/0000000000000000, but this hub is bygd/" in refusal(files, capsys)[0]


def test_a_certificate_that_became_another_hubs_while_it_runs_is_said_to_be_that(files):
    """Put in by mistake later on, it is named as the wrong one before the broker is ever asked."""
    settings, now_s = read_config(files.write()).settings(), SystemClock().real_utc_s()
    assert certificate_fault(settings, files.hub_id, now_s) is None
    files.authority.issue("hub", "bygd/0000000000000000")
    assert "somebody else's: its common name is bygd/0000000000000000" in certificate_fault(
        settings, files.hub_id, now_s
    )


def test_a_config_that_is_not_there_is_said_to_be_missing(tmp_path, capsys):
    """A wrong path after --config gets its own sentence."""
    assert main(["--config", str(tmp_path / "no.toml")]) == 2
    assert "cannot be read (No such file or directory)" in capsys.readouterr().err


def test_a_fault_while_settings_are_read_is_no_refusal(files, capsys, monkeypatch):
    """A machine short of memory, a card that reads badly once: systemd starts the hub again, unlike after a refusal."""
    monkeypatch.setitem(sys.modules, "hub.config", None)  # what reads them cannot be loaded
    assert main(["--config", str(files.write())]) == FAILED
    assert "could not be read" in capsys.readouterr().err


def test_check_shows_the_settings_and_no_secret(files, capsys):
    """--check prints what the hub would use, how long the certificate lasts, and never a key."""
    files.broker_port = 8883
    assert main(["--config", str(files.write()), "--check"]) == 0
    text = capsys.readouterr().out
    shown = json.loads(text)
    assert shown["hub_id"] == files.hub_id.hex() and shown["certificate_days_left"] in (29, 30)
    assert shown["config"]["port"][0]["baud"] == 115_200
    assert shown["config"]["broker"]["key"].endswith("(contents not shown)")
    assert "PRIVATE" not in text and shown["problems"] == []


def test_check_refuses_an_expired_certificate(files, capsys):
    """An expired certificate is a problem for --check: nothing would reach the centre."""
    files.authority.issue("hub", f"bygd/{files.hub_id.hex()}", days=(-9, -2))
    assert main(["--config", str(files.write()), "--check"]) == 2
    shown = json.loads(capsys.readouterr().out)
    assert shown["certificate_days_left"] == -2 and "has expired" in shown["problems"][0]


def test_the_console_command_gives_the_exit_code(files):
    """The process itself ends with 2 when the config is refused."""
    (files.folder / "hub.toml").write_text("nonsense")
    command = [sys.executable, "-m", "hub", "--config", str(files.folder / "hub.toml")]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2


def test_status_of_a_hub_that_does_not_run_says_so(files, capsys):
    """Asking a hub that is not there gives a sentence, not a trace."""
    assert main(["status", "--config", str(files.write())]) == 1
    assert "No hub answers" in capsys.readouterr().err


def test_paths_are_taken_from_the_folder_of_the_config(files, monkeypatch, tmp_path_factory):
    """The hub can be started from any folder."""
    path = files.write()
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    config = read_config(path)
    assert config.hub.event_key == files.folder / "event.key"
    with pytest.raises(ConfigRefusedError):
        read_config(files.folder / "none.toml")
