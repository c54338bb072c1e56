"""The board speaks four languages, and none of them lacks a word."""

import re
import string
from pathlib import Path

import pytest

from centre.board.device_view import VERBS
from centre.board.show import STEPS
from centre.board.words import LANGUAGES, catalogue, choose
from centre.core import campaign, update_life
from centre.core.alarms import TRANSITIONS
from centre.core.care import PAUSE_REASONS
from centre.core.credentials import OPENS, REFUSED, REVOKED, ROLES
from centre.core.dose_life import DUE, ENDED, IN_HAND, KIND_NAMES, LATE_RESULTS, PLANNED, RELEASE_KINDS
from centre.core.kinds import BY_DEVICE_CODE, BY_HAND, KINDS, NOT_FINISHED, OPENED, OWNERS
from centre.core.rules import ACKNOWLEDGED, LATE_RETURNED, LATE_TAKEN
from protocol import path_updates
from protocol.commands import BODIES as COMMANDS
from protocol.dose_events import CAUSE_REFILL
from protocol.errors import REFUSALS
from protocol.events import BODIES as EVENTS
from protocol.refill_commands import REFILL_COMMANDS
from protocol.refill_events import (
    ABORT_FAULT,
    ABORT_PERSON,
    DIFF_EXTRA,
    DIFF_MISSING,
    REFUSED_NOT_READY,
    REFUSED_WRONG_PATIENT,
    WAY_FILL,
    WAY_ROLL,
    WAY_SWAP,
)
from protocol.service_commands import SERVICE_COMMANDS
from protocol.service_events import SERVICE_EVENTS

ROOM = Path(__file__).parents[1]
ENGLISH = catalogue("en")


def holes(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word(language):
    """Nothing on the board is missing or left in English in one of the languages."""
    words = catalogue(language)
    assert words.keys() == ENGLISH.keys()
    assert [key for key, text in words.items() if not text.strip()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_tells_the_same_facts(language):
    """A sentence names the same time, place and person in every language."""
    different = {key for key, text in catalogue(language).items() if holes(text) != holes(ENGLISH[key])}
    assert different == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_gives_the_same_steps(language):
    """The steps an operator follows are equally many in every language."""
    counts = {key: text.count("\n") for key, text in catalogue(language).items() if key.startswith("steps.")}
    assert counts == {key: ENGLISH[key].count("\n") for key in counts}


def test_everything_that_can_happen_has_words():
    """Each kind of alarm, reason, refusal, event and action can be said."""
    needed = {f"{part}.{name}" for name in KINDS for part in ("kind", "what")}
    needed |= {f"reason.{reason}" for kind in KINDS.values() for reason in kind.reasons}
    needed |= {f"refusal.{code}" for code in REFUSALS}
    late = (*REFILL_COMMANDS, *SERVICE_COMMANDS)
    needed |= {f"command.{code}" for code in [*COMMANDS, *(body.TYPE for body in late)]}
    needed |= {f"event.{body.__name__}" for body in (*EVENTS.values(), *SERVICE_EVENTS)} | {
        f"owner.{name}" for name in OWNERS
    }
    needed |= {f"verb.{verb}" for _, verb in TRANSITIONS} | {f"code.{code}" for code in BY_DEVICE_CODE}
    needed |= {f"steps.{name}" for name in STEPS.values()} | {f"handling.{state}" for state, _ in TRANSITIONS}
    assert needed - ENGLISH.keys() == set()


def test_every_order_and_every_refusal_of_one_has_words():
    """Each order has its button, question and confirmation; each reason why it cannot be has a sentence."""
    needed = {f"ask.{verb}.{part}" for verb in VERBS for part in ("title", "text", "go")}
    needed |= {f"do.{verb}" for verb in VERBS}
    written = "".join(
        (ROOM / name).read_text()
        for name in (
            "core/care.py",
            "core/credentials.py",
            "core/refill.py",
            "core/service_orders.py",
            "edges/asked_device.py",
            "edges/care_desk.py",
            "edges/refill_desk.py",
            "board/care_api.py",
            "board/refill_api.py",
            "board/refill_pages.py",
        )
    )
    needed |= {f"order.{why}" for why in re.findall(r'CareRefused\([A-Z]+, "(\w+)"', written)}
    needed |= {f"order.{why}" for why in ("too_late", "window_over", "trip")}
    assert needed - ENGLISH.keys() == set()


def test_what_became_of_a_dose_has_words():
    """Each state, cause, reason, kind and result that a dispenser can tell of can be said."""
    needed = {f"state.{state}" for state in (*ENDED, *IN_HAND, PLANNED, DUE)}
    needed |= {f"cause.withheld.{n}" for n in (*range(1, 10), CAUSE_REFILL)} | {
        f"cause.uncertain.{n}" for n in (1, 2, 3, "late")
    }
    needed |= {"press.0", "press.10"} | {f"pause.{n}" for n in PAUSE_REASONS.values()}
    needed |= {f"result.{n}" for n in LATE_RESULTS} | {f"result.{name}" for name in LATE_RESULTS.values()}
    needed |= {f"release.{n}" for n in KIND_NAMES} | {f"release.{name}" for name in RELEASE_KINDS}
    needed |= {f"ended.{n}" for n in range(1, 5)} | {f"late.{LATE_TAKEN}", f"late.{LATE_RETURNED}"}
    needed |= {f"verb.{verb}" for verb in (LATE_TAKEN, LATE_RETURNED, ACKNOWLEDGED)}
    assert needed - ENGLISH.keys() == set()


def test_everything_about_a_filling_has_words():
    """Each way, role, end, refusal and difference of a filling, and each state of a PIN or tag, can be said."""
    needed = {f"way.{n}" for n in (WAY_SWAP, WAY_FILL, WAY_ROLL)} | {f"role.{n}" for n in ROLES.values()}
    needed |= {f"difference.{n}" for n in (DIFF_MISSING, DIFF_EXTRA)}
    needed |= {f"filling.aborted.{n}" for n in range(ABORT_PERSON, ABORT_FAULT + 1)}
    needed |= {f"filling.refused.{n}" for n in range(REFUSED_WRONG_PATIENT, REFUSED_NOT_READY + 1)}
    needed |= {f"credential.{state}" for state in (*OPENS, REFUSED, REVOKED)}
    needed |= {f"credential.way.{way}" for way in ("10", "01", "11")}
    needed |= {f"detail.{detail}" for detail in (NOT_FINISHED, BY_HAND, OPENED)}
    assert needed - ENGLISH.keys() == set()


def test_everything_about_a_campaign_has_words():
    """Each state, step, reason, refusal and button of new firmware can be said."""
    written = "".join(
        (ROOM / name).read_text()
        for name in ("core/campaign.py", "edges/campaign_desk.py", "board/campaigns.py")
    )
    needed = {f"campaign.refused.{why}" for why in re.findall(r'CampaignRefused\("(\w+)"', written)}
    needed |= {f"campaign.state.{state}" for state in campaign.STATES}
    needed |= {f"campaign.step.{step}" for step in update_life.STEPS}
    needed |= {f"campaign.why.{why}" for why in (campaign.FAILURES, campaign.NOBODY)}
    needed |= {f"campaign.do.{verb}" for verb in (campaign.PAUSE, campaign.RESUME, campaign.ABORT)}
    reasons = (update_life.REVERTED, update_life.SILENT, update_life.BROKEN_OFF)
    hubs = range(path_updates.NO_REPOSITORY, path_updates.HUB_FAULT + 1)
    needed |= {f"campaign.reason.{n}" for n in (*reasons, *(update_life.HUB_SAID + n for n in hubs))}
    assert needed - ENGLISH.keys() == set()


def test_the_browsers_language_is_understood():
    """A Norwegian browser gets Bokmål, an unknown one too, and a wish goes before both."""
    assert choose(None, "no,en;q=0.5") == "nb"
    assert choose(None, "nn-NO") == "nn"
    assert choose(None, "fi") == "nb"
    assert choose("se", "en") == "se"
