"""What no hand can do to a roll, and which image is whose."""

import pytest

from tools.emulator.bench_client import BenchError
from tools.emulator.tests.roll_lines import HEADED, THREE, lines


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"do": "load_roll"}, "'load_roll' needs the field 'pouches'."),
        ({"do": "load_roll", "pouches": []}, "A roll has 1 to 128 pouches, not 0."),
        ({"do": "load_roll", "pouches": [{"label": "x"}]}, "'load_roll' needs the field 'pills'."),
        (
            {"do": "load_roll", "pouches": [{"label": "x" * 17, "pills": 1}]},
            "A label has at most 16 characters",
        ),
        (
            {"do": "load_roll", "pouches": [{"label": "x", "pills": 1, "mm": 5}]},
            "A pouch is 20 to 200 mm long",
        ),
        ({"do": "load_roll", "pouches": [{"label": "x", "pills": 1, "wet": True}]}, "but no 'wet'."),
        ({"do": "pull", "mm": 70}, "The strip can be pulled only under an open lid"),
        (
            {"do": "roll"},
            "Give at least one of: stuck, cutter, reader, chamber_beam, mark, drawer_sensor; true",
        ),
        (
            {"do": "lid", "open": True},
            "The lid is locked; a refill unlocks it, or break it open with 'force': true.",
        ),
        ({"do": "fill", "slots": {"1": 1}}, "This board does not know 'fill'; it knows "),
    ],
)
def test_what_no_hand_can_do_to_a_roll_is_refused_in_a_sentence(make, request_, sentence):
    """A wrong roll, a fault that does not exist and a locked lid are refused with what is wrong and what to do."""
    dispenser = make(model="multidose")
    with pytest.raises(BenchError) as refused:
        dispenser.ask(**request_)
    assert sentence in str(refused.value)


def test_there_is_room_for_one_roll(make):
    """A second roll goes in only when the first one is out; what was left of it is told."""
    dispenser = make(model="multidose")
    dispenser.load_roll(HEADED)
    with pytest.raises(
        BenchError, match="There is a roll in the dispenser; take it out first with 'cut_roll'."
    ):
        dispenser.load_roll(THREE)
    assert dispenser.cut_roll() == [{"label": "", "mm": 70, "pills": 0}, *THREE]
    assert dispenser.cut_roll() == []
    dispenser.load_roll(THREE)
    assert dispenser.read()["head"] == "4711-001"


def test_the_multidose_image_is_built_for_its_board(make, tmp_path):
    """The two images differ in the one file that names the board."""
    (tmp_path / "boards").mkdir()
    (tmp_path / "main.py").write_text("import firmware.boards.fitted")
    (tmp_path / "boards" / "fitted.py").write_text("from firmware.boards.tablet_pico import build\n")
    for board in ("tablet", "multidose"):
        (tmp_path / "boards" / f"{board}_pico.py").write_text(f"build = print('{board}')\n")
    for model in ("tablet", "multidose"):
        dispenser = make(model, firmware=tmp_path, model=model)
        dispenser.run(for_ms=1000)
        assert lines(dispenser) == [model]
