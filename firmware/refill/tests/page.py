"""The tables of docs/refill.md, made of the very tables and words that the device goes by.

python -m firmware.refill.tests.page      writes them into the page anew
"""

from pathlib import Path

from firmware.refill import speech, steps, steps_roll, steps_tray

PAGE = Path(__file__).parents[3] / "docs" / "refill.md"
LANGUAGES = ("en", "nb", "nn", "se")
NAMES = {"en": "English", "nb": "bokmål", "nn": "nynorsk", "se": "davvisámegiella"}
TUESDAY_8 = 5 * 86400 + 8 * 3600  # 6 January 1970
SUNDAY = 3 * 86400
PARTS = {
    "who": ("Who is there", steps.IDENTIFY),
    "tray": ("A tray", steps_tray.STEPS),
    "roll": ("A roll", steps_roll.STEPS),
    "both": ("Both", steps.COMMON),
}
AWAITED = {
    "keys": "a key",
    "lid-open": "the lid is opened",
    "lid-closed": "the lid is closed",
    "tag": "a tag, or a key",
    "device": "the device is working",
    "digits": "digits",
}
DEEDS = {
    steps.BEGIN: "goes on",
    steps.AGAIN: "the same again",
    steps.NEXT: "goes on",
    steps.PREVIOUS: "one back",
    steps.RETURN: "back to the filling",
    steps.ABORT: "ends it",
    steps.SEAL: "seals it",
}
# Where AGAIN and NEXT say more than their names.
SAID = {
    ("header", "1"): "cuts them off",
    ("header", "2"): "cuts nothing off",
    ("left", "#"): "looks once more",
    ("look_after", "#"): "the chamber is empty",
}


def words(language: str, step: str) -> str:
    """What stands on the panel, in one line, with an example put in."""
    values = speech.when(language, (), TUESDAY_8, SUNDAY)
    values += speech.how_many(language, 3, "pill")
    many = {"count": "28", "take_out": "28", "locked": "15"}.get(step, "3")
    values += (("{n}", many), ("{slot}", "5"), ("{dots}", "xxx___"))
    lines = speech.lines_of(language, step, values)
    return " / ".join(line.removeprefix("*") for line in lines)


def first_line(step: str) -> str:
    """How the page names another step."""
    return "“" + words("en", step).split(" / ")[0] + "”"


def key_row(step: str, choices: list[list[str]]) -> str:
    """What each key does."""
    faces = {"#": "OK", "*": "Back"}
    told = []
    for key, target in choices:
        leads = SAID.get((step, key)) or DEEDS.get(target) or first_line(target)
        told.append(f"{faces.get(key, key)}: {leads}")
    return "; ".join(told)


def table(name: str) -> str:
    """One part of the steps."""
    rows = ["| on the panel | på panelet | waits for | keys |", "|---|---|---|---|"]
    for step in steps.names(PARTS[name][1]):
        awaited, choices = steps.row_of(PARTS[name][1], step)
        rows.append(
            f"| {words('en', step)} | {words('nb', step)} | {AWAITED[awaited]} | {key_row(step, choices)} |"
        )
    return "\n".join(rows)


def endings() -> str:
    """How a filling ends, and what is said in between."""
    rows = ["| on the panel | på panelet |", "|---|---|"]
    rows += [f"| {words('en', step)} | {words('nb', step)} |" for step in steps.ENDS + steps.NOTES]
    return "\n".join(rows)


def other_languages() -> str:
    """Every screen in the two other languages."""
    rows = [f"| English | {NAMES['nn']} | {NAMES['se']} |", "|---|---|---|"]
    every = [step for _, part in PARTS.values() for step in steps.names(part)]
    for step in [*every, *steps.ENDS, *steps.NOTES]:
        rows.append("| " + " | ".join(words(language, step) for language in ("en", "nn", "se")) + " |")
    return "\n".join(rows)


def parts() -> dict[str, str]:
    """Every part of the page that is made, by the name in its marks."""
    made = {name: table(name) for name in PARTS}
    return {**made, "ends": endings(), "others": other_languages()}


def written(page: str) -> str:
    """The page with all its parts as they must be."""
    for name, text in parts().items():
        mark, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
        head, _, rest = page.partition(mark)
        _, _, tail = rest.partition(end)
        page = f"{head}{mark}\n{text}\n{end}{tail}"
    return page


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text()))
