"""The words of the printed picture, in the plan's language: a relative fills by it.  The same words as on the device
(firmware/refill/words); the Northern Sami ones are from word lists and wait for a native reader, like those.
"""

from dataclasses import dataclass

_NAMES = (
    "tray",
    "roll",
    "doses",
    "days",
    "pill",
    "pouch",
    "empty",
    "elsewhere",
    "blank",
    "critical",
    "assisted",
)
_WORDS = {
    "nb": (
        "Brettet",
        "Rullen",
        "dose|doser",
        "mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag",
        "tablett|tabletter",
        "pose|poser",
        "tomt",
        "ligger ikke her",
        "tom pose",
        "viktig tid",
        "med hjelp",
    ),
    "nn": (
        "Brettet",
        "Rullen",
        "dose|dosar",
        "måndag|tysdag|onsdag|torsdag|fredag|laurdag|sundag",
        "tablett|tablettar",
        "pose|posar",
        "tomt",
        "ligg ikkje her",
        "tom pose",
        "viktig tid",
        "med hjelp",
    ),
    "se": (
        "Fata",
        "Rulla",
        "dosa|dosa",
        "vuossárga|maŋŋebárga|gaskavahkku|duorastat|bearjadat|lávvordat|sotnabeaivi",
        "tableahtta|tableahta",
        "seahkka|seahka",
        "guorus",
        "ii leat dás",
        "guorus seahkka",
        "dehálaš áigi",
        "veahkkin",
    ),
    "en": (
        "The tray",
        "The roll",
        "dose|doses",
        "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
        "tablet|tablets",
        "pouch|pouches",
        "empty",
        "not in here",
        "empty pouch",
        "exact time",
        "with help",
    ),
}


@dataclass(frozen=True)
class Words:
    """One language.  doses, pill, pouch: for one and for several."""

    tray: str
    roll: str
    doses: str
    days: str
    pill: str
    pouch: str
    empty: str
    elsewhere: str
    blank: str
    critical: str
    assisted: str

    def many(self, count: int, kind: str) -> str:
        """Like "3 tablets"; kind: doses, pill or pouch."""
        one, more = str(getattr(self, kind)).split("|")
        return f"{count} {one if count == 1 else more}"

    def day(self, weekday: int) -> str:
        """Its name; 0 is Monday."""
        return self.days.split("|")[weekday]


def words_of(language: str) -> Words:
    """The words of nb, nn, se or en.  KeyError for another language: a load plan has none."""
    return Words(**dict(zip(_NAMES, _WORDS[language], strict=True)))
