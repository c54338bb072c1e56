"""A version's whole life on a whole board: loader, two slots, service mode, cable and hub, and power that fails."""

import random

from firmware.service.tests.updating_unit import FAR_S, UpdatingUnit
from firmware.service.update_slot import FLUSH_BYTES
from protocol.events import DosePresented
from protocol.service_events import REVERTED_NOT_CONFIRMED, UpdateConfirmed, UpdateReverted, UpdateStarted
from protocol.service_messages import UPDATE_END, UPDATE_PIECE

RATE = 10.0
SEED = 40


def test_an_update_that_is_cut_again_and_again_ends_whole_and_doses(tmp_path, record_property):
    """Power fails again and again while a version comes: each time the old one starts and has its plan.  What a
    technician began the hub ends.  Without the centre's word the old one is back after half an hour; with it the new
    one stays, and the dose is given."""
    draw = random.Random(SEED)
    with UpdatingUnit(tmp_path, RATE) as unit:
        plan = unit.plan(FAR_S)
        unit.load(plan)
        bundle = unit.version(2, "0.2.0")
        kept = []
        for torn in (False, True, True):
            kept.append(unit.give_by_cable(bundle, UPDATE_PIECE, draw.randrange(40, 150), torn).kept)
            unit.back("0.1.0")
        assert kept == sorted(kept) and kept[-1] > 0

        for torn in (True, False):  # all bytes come; the power fails where the version is made whole
            unit.give_by_cable(bundle, UPDATE_END, draw.randrange(1, 6), torn)
            unit.back("0.1.0")

        unit.calls_for(bundle)
        assert unit.give(bundle).kept > len(bundle.pack) - FLUSH_BYTES
        unit.runs("0.2.0")
        unit.hub.wait_for(UpdateStarted)
        unit.pass_s(31 * 60)
        unit.runs("0.1.0")
        assert unit.hub.wait_for(UpdateReverted) == [UpdateReverted(2, REVERTED_NOT_CONFIRMED)]

        unit.calls_for(bundle)
        assert unit.give(bundle).kept == len(bundle.pack)
        unit.runs("0.2.0")
        unit.hub.receipt(len(unit.hub.events))
        assert unit.hub.wait_for(UpdateConfirmed) == [UpdateConfirmed(2, "0.2.0")]

        unit.pass_s(plan.doses[0].due_s - unit.now_s() - 30)
        unit.due()
        unit.device.press()
        unit.hub.wait_for(DosePresented)
    record_property(
        "count", f"a whole board: 5 power cuts in one update of {len(bundle.pack) // 1024} KB, kept {kept}"
    )
