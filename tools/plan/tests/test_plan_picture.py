"""The picture of a tray and of a roll: what a relative fills by."""

import io
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from centre.core.plan_maker import Ids, make_plan
from tools.plan.drawing import Box, Words, draw, sheets
from tools.plan.letters import width_of
from tools.plan.page import page_of
from tools.plan.places import items, line_of
from tools.plan.png import png
from tools.plan.svg import svg
from tools.plan.terminal import show

MONDAY = "2026-11-30"
THREE = [
    {"at": "08:00", "pills": 2, "label": "Med mat", "time_critical": True},
    {"at": "14:00", "pills": 1, "message_only": True, "days": ["tue"]},
    {"at": "20:00", "pills": 1, "assisted": True},
]


def plan(language="nb", rules=THREE, **more):
    number = iter(range(1, 1000))
    ids = Ids(bytes(16), 1, lambda slot, due_s: next(number).to_bytes(16, "big"))
    return make_plan({"language": language, "from": MONDAY, "days": 7, "rules": rules, **more}, ids, 0)


def roll():
    rules = [{"at": "08:00", "pills": 4, "pouches": 2}, {"at": "20:00", "pills": 1}]
    return plan(
        rules=rules, medium="roll", days=28, roll={"number": "A-1", "header": 1, "trailer": 2, "read": True}
    )


def terminal(page, encoding="utf-8", **more):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
    show(page, stream, **more)
    stream.flush()
    return stream.buffer.getvalue().decode(encoding)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", ["Brettet: mandag 30.11.2026", "søndag", "2 tabletter", "ligger ikke her", "viktig tid", "tomt"]),
        ("nn", ["Brettet: måndag 30.11.2026", "sundag", "2 tablettar", "ligg ikkje her", "viktig tid", "tomt"]),
        ("se", ["Fata: vuossárga 30.11.2026", "sotnabeaivi", "2 tableahta", "ii leat dás", "dehálaš áigi", "guorus"]),
        ("en", ["The tray: Monday 30.11.2026", "Sunday", "2 tablets", "not in here", "exact time", "empty"]),
    ],
)  # fmt: skip
def test_a_relative_finds_every_compartment_in_the_plans_language(language, words):
    """All 28 compartments are there in order, with day, time and number of tablets, in each of the four languages."""
    page = page_of(plan(language))
    text = terminal(page)
    sheet = svg(draw(page, width_of), page.title, language)

    assert [cell.number for cell in page.cells] == [str(slot) for slot in range(1, 29)]
    assert [word for word in words if word not in text] == []
    assert page.cells[0].at == "30.11. 08:00" and page.cells[14].at == "06.12. 20:00"
    assert max(map(len, text.splitlines())) < 80
    printed = " ".join(ET.fromstring(sheet).itertext())
    assert [word for word in words[1:] if word not in printed] == []


def test_a_plain_terminal_shows_the_same_tray_in_ascii():
    """A terminal without our letters, and one that wants only ASCII, still shows every compartment, readable."""
    page = page_of(plan("se"))

    for text in (terminal(page, "ascii"), terminal(page, ascii_only=True)):
        assert text.isascii() and "?" not in text
        assert "mannebarga" in text and "sotnabeaivi" in text and "| 28 " in text
    assert "\x1b" not in terminal(page)


def test_nothing_lies_in_the_compartment_of_a_dose_outside():
    """A dose whose medicine lies elsewhere is no cell to be filled, and no empty cell has a time."""
    cells = page_of(plan()).cells

    assert [cell.number for cell in cells if not cell.filled and cell.at] == ["4"]
    assert cells[3].what == "ligger ikke her" and cells[3].notes[0] == "1 tablett"
    assert all(not cell.filled and not cell.at for cell in cells[15:])


def test_a_roll_is_shown_as_its_row_of_pouches():
    """Header, every pouch with its number and its share of the dose, and trailer, in the order of the roll."""
    page = page_of(roll())

    assert len(page.cells) == 1 + 84 + 2 and page.title == "Rullen A-1"
    assert [cell.number for cell in page.cells[:5]] == ["–", "1", "2", "3", "4"]
    assert [cell.notes for cell in page.cells[1:4]] == [("pose 1/2",), ("pose 2/2",), ()]
    assert [len(sheet.cells) for sheet in sheets(page)] == [28, 28, 28, 3]
    assert sheets(page)[3].title.endswith("4/4")


@settings(max_examples=25, deadline=None)
@given(st.text(st.sampled_from("WMŋŧ (i<&"), max_size=40))
def test_no_word_leaves_its_compartment_on_paper(label):
    """Whatever a label says, it stands inside its own frame, whole, and the frames do not overlap."""
    rules = [{"at": "08:00", "pills": 20, "label": label, "time_critical": True, "assisted": True}]
    page = page_of(plan("se", rules))
    drawing = draw(page, width_of)
    boxes = [part for part in drawing.parts if isinstance(part, Box)]
    words = [part for part in drawing.parts if isinstance(part, Words)][2:]

    for word in words:
        inside = [
            box
            for box in boxes
            if box.x <= word.x < box.x + box.width and box.y <= word.y < box.y + box.height
        ]
        assert len(inside) == 1
        assert word.x + width_of(word.text, word.size) <= inside[0].x + inside[0].width
        assert word.y + word.size <= inside[0].y + inside[0].height
    first = "".join(word.text for word in words if word.x < boxes[1].x and word.y < boxes[4].y)
    assert "".join(label.split()) in "".join(first.split())
    for left, right in pairwise(boxes[:4]):
        assert left.x + left.width < right.x
    ET.fromstring(svg(drawing, "<&>", "se"))


def test_the_printed_picture_is_a_png_that_others_read():
    """A printer's program opens the file: A4 at its own size, black on white, something in every compartment."""
    drawing = draw(page_of(plan()), width_of)
    picture = Image.open(io.BytesIO(png(drawing)))
    picture.load()

    assert picture.size == (drawing.width, drawing.height) and picture.mode == "1"
    dots, _ = picture.info["dpi"]
    assert round(drawing.width / dots * 25.4) <= 210 and round(drawing.height / dots * 25.4) <= 297
    for box in (part for part in drawing.parts if isinstance(part, Box)):
        inner = picture.crop((box.x + 6, box.y + 6, box.x + box.width - 6, box.y + box.height - 6))
        assert inner.getextrema() == (0, 255)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("[]{}\"'#=:\n\\ rulesdo1"), max_size=200), st.integers(0, 12))
def test_a_line_is_named_only_where_it_is(text, number):
    """Whatever stands in the file, naming a line never fails, and no line is named that the file has not."""
    for sentence in (f"Rule {number} has an unknown field 'u'.", f"Dose {number}, slot 1: x", "'r' is 3."):
        line = line_of(text, sentence)
        assert line is None or 1 <= line <= text.count("\n") + 1
    assert all(start <= end for start, end in items(text, "rules"))
