"""The catalogues, and what they look like on the panel."""

from pathlib import Path

import pytest

from firmware.ui import screens
from firmware.ui.font import open_font
from firmware.ui.layout import HEIGHT_PX, MARGIN_PX, WIDTH_PX, place

LANGUAGES = ("nb", "nn", "se", "en")
PITCH_MM = 0.212  # panel maker's specification: 84.8 mm / 400
FONTS = Path(__file__).parents[1]
HEADLINE, LINE = open_font(str(FONTS / "headline.bin")), open_font(str(FONTS / "line.bin"))


def all_lines(language):
    lines = [line for text in screens.words_of(language).values() for line in text.split("\n")]
    return [*lines, "*20:00", "*08:05"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_missing_in_any_language(language):
    """Each language has every sentence that English has, and no other."""
    assert sorted(screens.words_of(language)) == sorted(screens.words_of("en"))
    assert set(screens.STATES) | set(screens.WEEKDAYS) < set(screens.words_of(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_fits_the_panel(language):
    """No line is wider than the panel, none has more than 18 characters, and no screen has more than 3 lines."""
    for line in all_lines(language):
        (placed,) = place([line], HEADLINE, LINE)
        width_mm = placed.font.width_px(placed.text) * PITCH_MM
        assert width_mm <= (WIDTH_PX - 2 * MARGIN_PX) * PITCH_MM, line
        assert len(placed.text) <= 18


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", screens.STATES)
@pytest.mark.parametrize("next_due", [None, (0, 2, 485), (3, 5, 1435), (9, 1, 60)])
def test_every_screen_fits_in_height(language, state, next_due):
    """Every screen stands on the panel as a whole, line under line."""
    placed = place(screens.screen(state, 0, language, next_due).lines, HEADLINE, LINE)

    assert placed
    assert placed[0].y >= 0
    assert placed[-1].y + placed[-1].font.line_px <= HEIGHT_PX
    assert all(
        above.y + above.font.line_px == below.y for above, below in zip(placed, placed[1:], strict=False)
    )


def test_letters_are_large_enough_to_be_read_from_a_metre():
    """Capitals of a headline are at least 10 mm high, of any other line at least 6.5 mm: measured, not promised."""
    for font, least_mm in ((HEADLINE, 10), (LINE, 6.5)):
        assert font.glyph("H").height * PITCH_MM >= least_mm
        assert font.glyph("H").height == font.cap_px


def test_the_font_has_every_letter_of_the_four_languages():
    """Norwegian and Northern Sami can be written in full: æ ø å á č đ ŋ š ŧ ž, small and capital."""
    for letter in "æøåáčđŋšŧžÆØÅÁČĐŊŠŦŽ":
        assert HEADLINE.glyph(letter).width > 0
        assert LINE.glyph(letter).width > 0


def test_a_letter_the_font_lacks_is_refused():
    """A sentence with a letter that cannot be drawn is refused, not shown with a hole."""
    with pytest.raises(ValueError, match=r"U\+4E16"):
        place(["世"], HEADLINE, LINE)


@pytest.mark.parametrize("lines", [["a"] * 4, ["x" * 19], ["*Wwwwwwwwwwww"]])
def test_what_does_not_fit_is_refused(lines):
    """Four lines, nineteen characters or a headline wider than the panel are refused, never cut off."""
    with pytest.raises(ValueError, match=r"lines|characters|wider"):
        place(lines, HEADLINE, LINE)


def test_words_for_a_patient_have_no_codes_and_no_shouting():
    """No sentence has a code, a number, a word in capitals, or blames anybody."""
    for language in LANGUAGES:
        for text in screens.words_of(language).values():
            assert not any(character.isdigit() for character in text)
            assert not any(word.isupper() and len(word) > 1 for word in text.replace("*", " ").split())
            assert "error" not in text.lower() and "feil" not in text.lower()
