"""The commands of dosevakt-centre, as a technician types them."""

import json

import pytest

from centre.tests.live import LiveCentre, as_json
from centre.tests.signing import Sender


@pytest.fixture
def stopped(tmp_path, broker) -> LiveCentre:
    """A centre that is not running."""
    (tmp_path / "centre").mkdir()
    return LiveCentre(tmp_path / "centre", broker)


def test_enrol_plan_and_activate_from_the_command_line(stopped, tmp_path):
    """A technician registers hub and dispenser, sends a plan and confirms it; each answer can be read by a script."""
    hub, device = Sender(), Sender()
    _, out, _ = stopped.run("enrol-hub", "--public-point", hub.point.hex(), "--label", "Stair B")
    assert as_json(out) == {"hub_id": hub.id}
    wish = ("--public-point", device.point.hex(), "--hub", hub.id, "--label", "Flat 12")
    _, out, _ = stopped.run("enrol-device", *wish)
    assert as_json(out) == {"device_id": device.id}
    plan = json.dumps({"doses": [{"slot": 1, "due_s": 4_000_000_000}]})
    _, out, _ = stopped.run("issue-plan", "--device", device.id, "-", text=plan)
    plan_id = as_json(out)["plan_id"]
    code, out, _ = stopped.run("activate-plan", "--device", device.id, "--plan-id", plan_id)
    assert (code, as_json(out)) == (0, {"counter": 2})


@pytest.mark.parametrize(
    ("arguments", "text", "words"),
    [
        (("issue-plan", "--device", "00" * 8, "-"), "{}", "There is no device"),
        (("enrol-device", "--public-point", "zz", "--hub", "00", "--label", "x"), "", "written in hex"),
        (("enrol-device", "--public-point", "04", "--hub", "00", "--label", "x"), "", "is not registered"),
        (("new-account", "kari"), "short\n", "at least 10 characters"),
        (("new-account", "kari", "--role", "king"), "a long password\n", "There is no role"),
    ],
)
def test_a_refused_command_says_why(stopped, arguments, text, words):
    """What cannot be done is refused with exit code 2 and a sentence."""
    code, _, err = stopped.run(*arguments, text=text)
    assert code == 2 and words in err
