"""The virtual flash against the LittleFS inside MicroPython: the same calls, cut everywhere, leave the same states."""

import json

from firmware.crypto.tests.both import on_micropython
from firmware.simulation.flash import Flash, Image, PowerCut
from firmware.simulation.tests import littlefs_calls


class CutAt:
    """Lets so many operations pass, then fails the power."""

    def __init__(self, operations):
        self.left = operations

    def __call__(self, kind, path, data):
        if not self.left:
            raise PowerCut
        self.left -= 1


def after_cut_at(operations):
    """(state of the files, whether the work was cut) with the power failing at that operation."""
    flash = Flash(Image({"": {}, "/flash": {}}), lambda ms: None, CutAt(operations), lambda path, data: None)
    try:
        littlefs_calls.work(flash, flash.open, "/flash")
    except PowerCut:
        return littlefs_calls.listing(flash, flash.open, "/flash"), True
    return littlefs_calls.listing(flash, flash.open, "/flash"), False


def survivors_of_the_model():
    """Every state of the files that a cut can leave, in order."""
    states, cut, operations = [], True, 0
    while cut:
        state, cut = after_cut_at(operations)
        operations += 1
        if state not in states:
            states.append(state)
    return states


def test_the_model_keeps_what_littlefs_keeps(record_property):
    """After a power cut at any block operation, LittleFS holds one of the states that the model says, and all occur."""
    told = on_micropython("firmware.simulation.tests.littlefs_calls", "check_survivors", heap="3M")()
    real = json.loads(told.splitlines()[-1])
    model = [json.loads(json.dumps(state)) for state in survivors_of_the_model()]
    assert real["states"] == model
    record_property(
        "count",
        f"flash model: {real['cuts']} cuts of MicroPython's LittleFS leave {len(model)} states, as the model says",
    )
