"""Back to dosing now."""


def answer(body, unit):
    """Always done."""
    unit.leave()
    return 0, None
