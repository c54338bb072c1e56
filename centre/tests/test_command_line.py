"""The commands of dosevakt-centre, as a technician types them."""

import io
import json
import sqlite3

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from centre.__main__ import main
from centre.edges import accounts
from centre.edges.database import Database
from centre.tests.certificates import write_key
from centre.tests.signing import Sender
from centre.tests.test_config import FILES, GOOD

POINT = Sender().point.hex()


@pytest.fixture
def run(tmp_path, capsys, monkeypatch):
    """Runs one command; returns (exit code, stdout, stderr)."""
    for name in FILES:
        (tmp_path / name).write_text("")
    write_key(tmp_path / "signing.key", ec.generate_private_key(ec.SECP256R1()))
    config = tmp_path / "centre.toml"
    config.write_text(GOOD)

    def one(*arguments: str, text: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        code = main(["--config", str(config), *arguments])
        return code, *capsys.readouterr()

    return one


def as_json(text: str) -> dict[str, str]:
    """What a command printed."""
    found: dict[str, str] = json.loads(text)
    return found


def test_enrol_plan_and_activate_from_the_command_line(run):
    """A technician registers hub and dispenser, sends a plan and confirms it; each answer can be read by a script."""
    hub, device = Sender(), Sender()
    _, out, _ = run("enrol-hub", "--public-point", hub.point.hex(), "--label", "Stair B")
    assert as_json(out) == {"hub_id": hub.id}
    wish = ("--public-point", device.point.hex(), "--hub", hub.id, "--label", "Flat 12")
    _, out, _ = run("enrol-device", *wish)
    assert as_json(out) == {"device_id": device.id}
    plan = json.dumps({"doses": [{"slot": 1, "due_s": 4_000_000_000}]})
    _, out, _ = run("issue-plan", "--device", device.id, "-", text=plan)
    plan_id = as_json(out)["plan_id"]
    code, out, _ = run("activate-plan", "--device", device.id, "--plan-id", plan_id)
    assert (code, as_json(out)) == (0, {"counter": 2})


@pytest.mark.parametrize(
    ("arguments", "text", "words"),
    [
        (("issue-plan", "--device", "00" * 8, "-"), "{}", "There is no device"),
        (("enrol-device", "--public-point", "zz", "--hub", "00", "--label", "x"), "", "written in hex"),
        (("enrol-device", "--public-point", POINT, "--hub", "00", "--label", "x"), "", "is not registered"),
        (("enrol-hub", "--public-point", "04" + "11" * 64, "--label", "x"), "", "not a P-256 key"),
        (("new-account", "kari"), "short\n", "at least 10 characters"),
        (("new-account", "kari", "--role", "king"), "a long password\n", "There is no role"),
    ],
)
def test_a_refused_command_says_why(run, arguments, text, words):
    """What cannot be done is refused with exit code 2 and a sentence."""
    code, _, err = run(*arguments, text=text)
    assert code == 2 and words in err


def test_a_new_centres_database_knows_its_tenant(run, tmp_path):
    """Once the database is there it can be written for the centre's tenant: no door meets one that is not there yet."""
    assert run("migrate")[0] == 0
    database = Database(f"sqlite:///{tmp_path / 'centre.db'}")
    with database.write() as connection:
        accounts.new_account(connection, "demo", "kari", "technician", "a long password")
    database.close()


def test_a_database_of_a_newer_centre_is_left_alone(run, tmp_path):
    """A centre that is older than its database says so in a sentence, and what to do; nothing is changed."""
    run("migrate")
    with sqlite3.connect(tmp_path / "centre.db") as file:
        file.execute("UPDATE alembic_version SET version_num = '9999'")
    code, _, err = run("migrate")
    assert code == 2 and "newer version of the centre" in err and "restore the copy" in err
    with sqlite3.connect(tmp_path / "centre.db") as file:
        assert file.execute("SELECT version_num FROM alembic_version").fetchall() == [("9999",)]
