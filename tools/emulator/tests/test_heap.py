"""The virtual board's own memory: what is granted for it, and that no firmware can live on that."""

import pytest

from tools.emulator.build import ROOT
from tools.emulator.process import BOARD_BYTES, FIRMWARE_BYTES


@pytest.mark.parametrize("model", sorted(BOARD_BYTES))
def test_the_firmware_never_gets_more_memory_than_it_may_have(make, model):
    """What the chips hold before the firmware starts is at least what was added for them, whichever board it is."""
    firmware = {} if model == "bare" else {"firmware": ROOT / "firmware"}
    dispenser = make(model=model, **firmware)
    dispenser.run(for_ms=100)
    facts = dispenser.read()

    assert facts["heap_board"] >= BOARD_BYTES[model]
    assert facts["heap_free"] <= FIRMWARE_BYTES
