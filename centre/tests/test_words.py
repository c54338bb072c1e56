"""The board speaks four languages, and none of them lacks a word."""

import string

import pytest

from centre.board.show import STEPS
from centre.board.words import LANGUAGES, catalogue, choose
from centre.core.alarms import TRANSITIONS
from centre.core.kinds import BY_DEVICE_CODE, KINDS, OWNERS
from protocol.commands import BODIES as COMMANDS
from protocol.errors import REFUSALS
from protocol.events import BODIES as EVENTS

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
    needed |= {f"refusal.{code}" for code in REFUSALS} | {f"command.{code}" for code in COMMANDS}
    needed |= {f"event.{body.__name__}" for body in EVENTS.values()} | {f"owner.{name}" for name in OWNERS}
    needed |= {f"verb.{verb}" for _, verb in TRANSITIONS} | {f"code.{code}" for code in BY_DEVICE_CODE}
    needed |= {f"steps.{name}" for name in STEPS.values()} | {f"handling.{state}" for state, _ in TRANSITIONS}
    assert needed - ENGLISH.keys() == set()


def test_the_browsers_language_is_understood():
    """A Norwegian browser gets Bokmål, an unknown one too, and a wish goes before both."""
    assert choose(None, "no,en;q=0.5") == "nb"
    assert choose(None, "nn-NO") == "nn"
    assert choose(None, "fi") == "nb"
    assert choose("se", "en") == "se"
