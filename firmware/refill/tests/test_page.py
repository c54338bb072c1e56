"""The tables, the words and docs/refill.md say the same; and the words fit the panel."""

from itertools import product
from pathlib import Path

import pytest

from firmware.refill import speech, steps
from firmware.refill.tests import page
from firmware.ui.font import open_font
from firmware.ui.layout import HEIGHT_PX, place

UI = Path(speech.__file__).parents[1] / "ui"
HEADLINE, LINE = open_font(str(UI / "headline.bin")), open_font(str(UI / "line.bin"))
PIECES = {"days", "parts", "today", "tomorrow", "pill", "pouch"}  # put into others
TABLES = [text for _, text in page.PARTS.values()]
DEEDS = {
    steps.BEGIN,
    steps.AGAIN,
    steps.NEXT,
    steps.PREVIOUS,
    steps.RETURN,
    steps.ABORT,
    steps.SEAL,
}
ROWS = [(step, *steps.row_of(table, step)) for table in TABLES for step in steps.names(table)]


def test_the_page_for_relatives_and_nurses_is_what_the_device_goes_by():
    """docs/refill.md prints every screen, what it waits for and what each key does, word for word."""
    text = page.PAGE.read_text()

    assert text == page.written(text), "run: python -m firmware.refill.tests.page"


@pytest.mark.parametrize("language", page.LANGUAGES)
def test_every_step_has_its_words_in_every_language(language):
    """No step is without words, and no words are without a step."""
    shown = {step for step, _, _ in ROWS} | set(steps.ENDS) | set(steps.NOTES)

    assert shown | PIECES == set(speech.words_of(language))


def test_every_key_leads_somewhere():
    """What a key leads to is a step or a deed, OK and Back mean the same at every step, and each wait is a known."""
    known = {step for step, _, _ in ROWS}

    for step, awaited, choices in ROWS:
        assert awaited in page.AWAITED, step
        assert len({key for key, _ in choices}) == len(choices)
        for key, target in choices:
            assert key in "#*12" and (target in known or target in DEEDS), (step, key)
            assert not (key == steps.BACK and target in (steps.NEXT, steps.SEAL)), step


def test_nobody_is_locked_in():
    """Every step that waits for a person has a key that leads on or back."""
    for step, awaited, choices in ROWS:
        assert choices or awaited == steps.DEVICE, step


@pytest.mark.parametrize("language", page.LANGUAGES)
def test_every_screen_fits_the_panel_whatever_is_put_in(language):
    """Three lines of eighteen letters at most, no line wider than the panel: each weekday, hour and number."""
    words = speech.words_of(language)
    for step in set(words) - PIECES:
        for day, hour, many in product(range(8), (2, 8, 12, 15, 19), (1, 3, 20)):
            kind = "pouch" if step == "count" else "pill"
            values = speech.when(language, (), day * 86400 + hour * 3600, 0)
            values += speech.how_many(language, many, kind)
            values += (("{n}", "28"), ("{slot}", "28"), ("{dots}", "x" * 6 + "_" * 6))
            lines = speech.lines_of(language, step, values)
            placed = place(lines, HEADLINE, LINE)
            assert placed[-1].y + placed[-1].font.line_px <= HEIGHT_PX
            assert "{" not in "".join(lines), step
            if not set("{") & set(words[step]):
                break


@pytest.mark.parametrize("language", page.LANGUAGES)
def test_words_for_who_fills_blame_nobody(language):
    """No word in capitals but the keys' own and PIN, no exclamation mark, no "error"."""
    for text in speech.words_of(language).values():
        for word in text.replace("*", " ").replace(":", " ").replace(".", " ").split():
            assert not (word.isupper() and len(word) > 1 and word.isalpha()) or word in ("OK", "PIN"), text
        assert "!" not in text and "error" not in text.lower()


def test_a_day_is_named_as_people_name_it():
    """Tuesday 6 January 1970, 08:00, seen from Sunday, is "Tuesday morning"; the next day is tomorrow."""
    said = dict(speech.when("en", [(0, 3600)], page.TUESDAY_8 - 3600, page.SUNDAY))
    assert (said["{day}"], said["{part}"], said["{time}"]) == ("Tuesday", "morning", "08:00")
    assert said["{when}"] == "Tuesday"
    assert dict(speech.when("nb", (), 86400, 0))["{when}"] == "i morgen"
    assert dict(speech.when("nb", (), 3600, 0))["{part}"] == "natt"
    assert dict(speech.how_many("en", 1, "pill"))["{many}"] == "1 tablet"
