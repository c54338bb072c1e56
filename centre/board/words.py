"""What the board says, in four languages.  One JSON catalogue per language, all with the same keys."""

import json
from functools import cache
from pathlib import Path

LANGUAGES = ("nb", "nn", "se", "en")
NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "se": "Davvisámegiella", "en": "English"}
FOLDER = Path(__file__).parent / "words"


@cache
def catalogue(language: str) -> dict[str, str]:
    """All words of a language by key."""
    words: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8"))
    return words


class Words:
    """say(key, ...) in one language.  `language` is one of LANGUAGES."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words = catalogue(language)

    def __call__(self, key: str, **facts: object) -> str:
        return self._words[key].format(**facts)

    def has(self, key: str) -> bool:
        """True if there are words for this key."""
        return key in self._words

    def lines(self, key: str) -> list[str]:
        """Words that are a list, one item a line."""
        return self._words[key].split("\n")


def choose(wanted: str | None, accepted: str) -> str:
    """The language to speak: the one asked for, else the browser's, else Bokmål."""
    return wanted if wanted in LANGUAGES else spoken(accepted) or "nb"


def spoken(accepted: str) -> str | None:
    """The first language of an Accept-Language header that we speak, None when there is none."""
    for part in accepted.split(","):
        name = part.split(";")[0].strip()[:2].lower()
        if name in LANGUAGES or name == "no":
            return "nb" if name == "no" else name
    return None
