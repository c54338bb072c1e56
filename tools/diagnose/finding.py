"""What one check found.  Text that is not ours is marked, so that a support bundle can leave it out.  Pure."""

import re
from dataclasses import dataclass, field

OK, WARN, FAIL, SKIP = "ok", "warn", "fail", "skip"

# Private-use characters (Unicode chapter 23.5) around words that came from elsewhere: a port's path, a hub's sentence.
_OPEN, _CLOSE = "\ue000", "\ue001"
_QUOTED = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")


@dataclass(frozen=True)
class Answer:
    """verdict: OK, WARN, FAIL or SKIP.  sentence: what is so.  todo: what to do, empty when there is nothing.

    numbers: what was measured, by name; harmless in anybody's hands.
    """

    verdict: str
    sentence: str
    todo: str = ""
    numbers: dict[str, int | bool] = field(default_factory=dict)


def ok(sentence: str, **numbers: int | bool) -> Answer:
    """As it should be."""
    return Answer(OK, sentence, "", numbers)


def warn(sentence: str, todo: str, **numbers: int | bool) -> Answer:
    """It works, and somebody should see to it."""
    return Answer(WARN, sentence, todo, numbers)


def fail(sentence: str, todo: str, **numbers: int | bool) -> Answer:
    """It does not work."""
    return Answer(FAIL, sentence, todo, numbers)


def skip(sentence: str, todo: str = "") -> Answer:
    """It was not looked at; never to be read as good."""
    return Answer(SKIP, sentence, todo)


def foreign(text: object) -> str:
    """Words that are not ours, for a sentence: they may name somebody."""
    return _OPEN + str(text).replace(_OPEN, "").replace(_CLOSE, "") + _CLOSE


def plain(sentence: str) -> str:
    """The sentence for the person who asked."""
    return sentence.replace(_OPEN, "").replace(_CLOSE, "")


def without_foreign(sentence: str, instead: str = "(left out)") -> str:
    """The sentence for somebody else."""
    return _QUOTED.sub(instead, sentence)
