"""The boards' table of names (docs/decisions/0035): its last piece is taken at the start, and is never too small."""

from collections.abc import Callable

import pytest

from bench.names import FIRST_PLACES, LAST_PIECE, names
from bench.resident import MODELS, idle

# On the virtual board: eight that the chips' own names fill (tools/emulator/board/boot.py), and the firmware's.
PIECES = 8 + 1


@pytest.mark.parametrize("model", MODELS)
def test_a_board_never_asks_for_a_larger_table_of_names_after_its_start(
    model: str, record_property: Callable[[str, str], None]
):
    """Its last piece is there when the start is over, and has a place for each name of all code that may be loaded."""
    of_module, board = names(), idle(model)
    resident: set[str] = set().union(*(of_module[module] for module in board.modules))
    to_come = len(set().union(*of_module.values()) - resident)
    record_property(
        "count",
        f"names that the {model} board may still read after its start: {to_come}, in {LAST_PIECE} places",
    )

    assert board.name_pieces == PIECES
    assert len(resident) < FIRST_PLACES
    assert to_come <= LAST_PIECE
