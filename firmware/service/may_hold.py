"""May medicine lie in the device?  What moves a motor of a device that may hold some needs the centre's word."""

from protocol.device_events import MODEL_MULTIDOSE


def may_hold(unit):
    """False only when it never had a plan since it was wiped, nothing of that is in doubt, and no roll is in it.

    A plan whose doses have all ended counts: what nobody took still lies in its compartments.
    """
    recorder, ledger = unit.recorder, unit.recorder.ledger
    if ledger.plan_id or ledger.refill or ledger.needs_refill:
        return True
    if unit.plans.unreadable or recorder.memory_lost or recorder.lost_events:
        return True
    return unit.board.model == MODEL_MULTIDOSE and bool(unit.board.mark.value())
