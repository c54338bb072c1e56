"""The pages about a technician's work against the code: a number that a page names is the one that counts."""

import re
from pathlib import Path

import pytest

from centre.core import campaign, service_orders, update_life
from firmware.core import service_rules, updating
from firmware.loader import lock, record
from firmware.service import update_slot
from firmware.shell import probation
from protocol import manifest, service_events
from tools import exit_codes
from tools.return_device import checklist

DOCS = Path(__file__).resolve().parents[2] / "docs"
CODES = [code for name, code in vars(exit_codes).items() if name.isupper()]


def page(name: str) -> str:
    """The page's words, in one line each paragraph may be broken in."""
    return re.sub(r"\s+", " ", (DOCS / name).read_text(encoding="utf-8"))


def test_each_exit_code_is_explained_to_the_technician():
    """Whoever reads an exit code finds what it means, and what to do, in one row of the table."""
    text = (DOCS / "technician.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| .+ \| .*\|$", text, re.MULTILINE)

    assert [int(code) for code in rows] == sorted(CODES)


def test_each_step_of_the_cleaning_stands_on_the_page():
    """What the command asks after a return is what the page prepares a technician for."""
    assert [step for step in checklist.STEPS if step not in page("return.md")] == []


@pytest.mark.parametrize(
    ("name", "words", "held"),
    [
        (
            "protocol.md",
            "It ends** 2 minutes after the last session, 15 minutes after its start",
            (service_rules.SILENCE_S, service_rules.LONGEST_S) == (120, 900),
        ),
        ("protocol.md", "or is due within 15 minutes", service_rules.APART_S == 900),
        ("protocol.md", "a dose within half an hour", updating.APART_S == 1800),
        ("update.md", "thirty minutes without it: the old one is back", probation.TRIAL_MS == 30 * 60_000),
        ("update.md", "three failed starts: the old one is back", record.TRIES == 3),
        ("update.md", "flushed every 16 KB", update_slot.FLUSH_BYTES == 16384),
        ("technician.md", "It is good for a quarter of an hour", service_orders.GOOD_S == 900),
        (
            "decisions/0036-two-slots-a-record-and-a-shut-console.md",
            "minutes, at most 30",
            lock.MOST_MINUTES == service_events.MAX_REPL_MIN == 30,
        ),
        ("protocol.md", "| 5 | `size` | 1 to 512,000 |", manifest.MAX_PACK == 512_000),
        ("firmware.md", "Waves of 5, 25 and 100 percent", campaign.WAVES_PERCENT == (5, 25, 100)),
        ("firmware.md", "(asked again after 45 min)", update_life.AGAIN_S == 45 * 60),
        ("firmware.md", "was not reached for three days", update_life.GIVE_UP_S == 3 * 86400),
        (
            "firmware.md",
            "two or more that are over 5 %",
            (campaign.MANY_FAILED, campaign.FAILED_PERCENT) == (2, 5),
        ),
    ],
)
def test_a_number_on_a_page_is_the_one_that_counts(name, words, held):
    """A technician who waits for as long as a page says waits for as long as the device, the hub or the centre does."""
    assert words in page(name)
    assert held
