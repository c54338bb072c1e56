"""The virtual flash against the LittleFS inside MicroPython: the same calls, cut everywhere, leave the same states."""

import json

from firmware.crypto.tests.both import on_micropython
from firmware.simulation.flash import Flash, Image, PowerCut
from firmware.simulation.tests import littlefs_calls


def survivors_of_the_model():
    """Every state of the files that a cut can leave, in order."""
    states = []
    for at in range(1000):
        image, left = Image({"": {}, "/flash": {}}), [at]

        def witness(*_):
            if not left[0]:
                raise PowerCut
            left[0] -= 1

        flash = Flash(image, lambda ms: None, witness, lambda path, data: None)
        cut = False
        try:
            littlefs_calls.work(flash, flash.open, "/flash")
        except PowerCut:
            cut = True
        flash.dead = False
        state = littlefs_calls.listing(flash, flash.open, "/flash")
        if not states or states[-1] != state:
            states.append(state)
        if not cut:
            return states
    raise AssertionError("it never ends")


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
