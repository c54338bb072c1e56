"""Settings are complete or refused, with one sentence that says what to do."""

import pytest

from centre.__main__ import EXIT_REFUSED, main
from centre.config import ConfigError, load

FILES = ("signing.key", "ca.crt", "centre.crt", "centre.key")
GOOD = """
[centre]
tenant = "demo"
signing_key = "signing.key"
[broker]
host = "localhost"
ca = "ca.crt"
certificate = "centre.crt"
key = "centre.key"
"""


REAL = GOOD.replace('"demo"', '"storby"')


@pytest.fixture
def write(tmp_path):
    """A function that writes settings and returns their path."""
    for name in FILES:
        (tmp_path / name).write_text("")

    def put(text: str):
        path = tmp_path / "centre.toml"
        path.write_text(text)
        return path

    return put


def test_good_settings_are_read(write, tmp_path):
    """Complete settings are taken, and their paths count from their own folder."""
    config = load(write(GOOD))
    assert config.centre.database == f"sqlite:///{tmp_path}/centre.db"
    assert config.broker.ca == tmp_path / "ca.crt" and config.web.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD + "colour = 1", "[broker] colour is not a setting I know; remove it or correct its name."),
        (GOOD + "[colour]\n", "[colour] is not a setting I know"),
        (GOOD.replace('host = "localhost"\n', ""), "[broker] host is missing; add it."),
        (GOOD.replace("signing.key", "other.key"), "[centre] signing_key: there is no file"),
        (GOOD.replace('"demo"', '"Storby"'), "[centre] tenant: a tenant has only a-z"),
        (GOOD + "[web]\nport = 70000\n", "[web] port"),
        (GOOD + '[web]\nhost = "0.0.0.0"\n', "public_url must begin with https://"),
        (
            GOOD.replace('"demo"', '"storby"') + "[demo]\naccount = true\n",
            "[demo] account is allowed only for the tenant",
        ),
        (
            GOOD.replace('"demo"', '"storby"')
            + "[demo_clock]\nstarted_unix_s=1.0\nshows_utc_s=1\nrate=2.0\n",
            "[demo_clock] is allowed only for the tenant",
        ),
        ("[centre", "is not valid TOML"),
    ],
)
def test_bad_settings_are_refused_in_one_sentence(write, text, words):
    """One wrong setting refuses all of them, and the technician reads which and what to do."""
    with pytest.raises(ConfigError) as refused:
        load(write(text))
    assert words in str(refused.value) and "\n" not in str(refused.value).split(": ", 1)[1][:40]


def test_the_program_refuses_bad_settings_with_exit_code_2(write, capsys):
    """The service manager sees exit code 2, the technician the sentence."""
    assert main(["--config", str(write(GOOD + "colour = 1"))]) == EXIT_REFUSED
    assert "colour" in capsys.readouterr().err


def test_a_signing_key_that_is_none_is_refused(write, capsys):
    """A file that is no P-256 key does not start the centre."""
    assert main(["--config", str(write(GOOD)), "migrate"]) == EXIT_REFUSED
    assert "not a readable private key" in capsys.readouterr().err
