"""docs/centre.md tells of every door and every alarm, and of no other."""

import re
from pathlib import Path

from centre.board import api, campaigns, care_api, enrol_api, refill_api, service_api
from centre.core.kinds import KINDS

PAGE = (Path(__file__).parents[2] / "docs/centre.md").read_text(encoding="utf-8")


def test_every_door_stands_on_the_page():
    """Who writes a program for the centre finds each of its doors on the page, and none that is not there."""
    built = {
        f"{method} {route.path}"
        for room in (api, care_api, refill_api, service_api, enrol_api, campaigns)
        for route in room.router.routes
        for method in route.methods
        if route.path.startswith("/api/")
    }
    assert set(re.findall(r"^\| `((?:GET|POST) [^`]+)`", PAGE, re.MULTILINE)) == built


def test_every_kind_of_alarm_stands_on_the_page_as_it_is():
    """Who answers an alarm finds on the page who owns it, how urgent it is and which code it carries."""
    rows = re.findall(r"^\| (\w+) \| [^|]+ \| (P\d) \| (\w+) \| ([\d.]+) \| (yes|no) \|$", PAGE, re.MULTILINE)
    kinds = [
        (
            kind.name,
            f"P{kind.priority}",
            kind.owner,
            "1" if kind.code == 100 else f"{kind.code // 100}.{kind.code % 100}",
            "yes" if kind.clears else "no",
        )
        for kind in KINDS.values()
    ]
    assert rows == kinds
