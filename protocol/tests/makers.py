"""Plans in few words, and the code of a refusal.  For both interpreters."""

from protocol.errors import MessageError
from protocol.load_plan import Dose, LoadPlan
from protocol.tests.samples import PLAN


def code_of(call, *arguments):
    try:
        call(*arguments)
    except MessageError as error:
        return error.code
    return 0


def dose(number, due_s, slot=None, window_s=3600, early_s=0, late_s=None, flags=0):
    return Dose(bytes([number]) * 16, slot or number, due_s, early_s, window_s, 1, flags, late_s=late_s)


def plan(doses, **changes):
    values = {
        "offsets": [(0, 3600)],
        "reminder": None,
        "language": "nb",
        "quiet": [],
        "medium": 1,
        "roll": None,
    }
    for name in changes:
        values[name] = changes[name]
    return LoadPlan(
        PLAN,
        1,
        values["medium"],
        doses,
        values["offsets"],
        values["reminder"],
        values["language"],
        values["quiet"],
        values["roll"],
    )
