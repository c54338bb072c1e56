"""The settings come from hub.toml and conf.d; a fault is found by file and line."""

import pytest

from hub.__main__ import main
from hub.config import ConfigRefusedError, read_config


@pytest.fixture
def conf_d(files):
    folder = files.folder / "conf.d"
    folder.mkdir()
    return folder


def refusal(files) -> list[str]:
    with pytest.raises(ConfigRefusedError) as refused:
        read_config(files.write())
    return refused.value.problems


def test_a_later_file_wins_and_the_rest_of_the_table_stays(files, conf_d):
    """A technician changes one setting in a file of its own; the others stay as they were, and 20 beats 10."""
    (conf_d / "20-broker.toml").write_text('[broker]\nhost = "broker.example"\n')
    (conf_d / "10-broker.toml").write_text('[broker]\nhost = "wrong.example"\nport = 8884\n')
    (conf_d / "30-notes.txt").write_text("not a setting")
    config = read_config(files.write())
    assert (config.broker.host, config.broker.port) == ("broker.example", 8884)
    assert config.broker.ca == files.ca


def test_a_list_of_ports_is_replaced_as_a_whole(files, conf_d):
    """Who lists the ports in a later file says all of them: no port of an earlier file is left over."""
    (conf_d / "10-ports.toml").write_text('[[port]]\nby_id = "usb-a"\n[[port]]\nby_id = "usb-b"\n')
    assert [port.by_id for port in read_config(files.write()).port] == ["usb-a", "usb-b"]


def test_a_fault_is_told_with_the_file_and_the_line_it_stands_in(files, conf_d):
    """The sentence names the file that won, and the line in it."""
    (conf_d / "10-broker.toml").write_text('# the new one\n[broker]\nport = 1\n\nport_ = 2\nhost = "x"\n')
    (conf_d / "20-broker.toml").write_text("[broker]\n\nport = 99999\n")
    assert refusal(files) == [
        f"{conf_d}/20-broker.toml:3: broker.port: input should be less than or equal to 65535, found 99999;"
        " correct it.",
        f"{conf_d}/10-broker.toml:5: broker.port_: unknown key; remove it, or correct its spelling.",
    ]


def test_a_fault_in_a_list_is_told_with_its_line(files, conf_d):
    """The second port of a list is found by its own line."""
    (conf_d / "10-ports.toml").write_text(
        '[[port]]\nby_id = "usb-a"\n\n[[port]]\nby_id = "usb-b"\nbaud = "fast"\n'
    )
    (sentence,) = refusal(files)
    assert sentence.startswith(f"{conf_d}/10-ports.toml:6: port.2.baud: ")


def test_a_value_over_several_lines_is_found(files, conf_d):
    """A list written over several lines does not confuse the numbers of the lines."""
    (conf_d / "10.toml").write_text('[hub]\ncolours = [\n  "red",\n  "green",\n]\n')
    assert refusal(files)[0].startswith(f"{conf_d}/10.toml:5: hub.colours: unknown key")


def test_a_missing_setting_is_told_with_the_table_it_belongs_to(files):
    """What is not there has no line; its table has."""
    text = files.toml().replace('tenant = "bygd"\n', "")
    files.toml = lambda: text
    assert refusal(files)[0].startswith(f"{files.folder}/hub.toml:1: hub.tenant: is missing")


def test_a_file_that_is_no_toml_is_named(files, conf_d):
    """A torn file in conf.d stops the hub with that file's name and the line of the fault."""
    (conf_d / "10-torn.toml").write_text('[broker]\nhost = "half\n')
    (sentence,) = refusal(files)
    assert "10-torn.toml: is not TOML" in sentence and "line 2" in sentence


def test_a_wrong_key_file_is_told_with_the_line_that_names_it(files, capsys):
    """A file that a setting names and that is not there is told with the setting's line."""
    (files.folder / "event.key").unlink()
    assert main(["--config", str(files.write())]) == 2
    assert f"{files.folder}/hub.toml:3: hub.event_key: " in capsys.readouterr().err


def test_a_credential_comes_from_where_systemd_put_it(files, monkeypatch, tmp_path):
    """As a service the hub reads its keys from systemd's folder; checked by hand, from the folder beside hub.toml."""
    text = files.toml().replace('event_key = "event.key"', 'event_key = "credential:event.key"')
    files.toml = lambda: text
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert read_config(files.write()).hub.event_key == files.folder / "keys" / "event.key"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path / "credentials"))
    assert read_config(files.write()).hub.event_key == tmp_path / "credentials" / "event.key"
