"""Try one part with the driver that doses.  Nothing moves behind an open lid or shutter, or in medicine without leave.

Each motion has the limits of its driver; afterwards the device starts anew and proves its position (decision 42).
"""

import asyncio

from firmware.core.thresholds import spent
from firmware.drivers.encoder import Encoder
from firmware.drivers.shutter import CLOSED
from firmware.service.may_hold import may_hold
from protocol import cbor
from protocol.device_events import MODEL_TABLET
from protocol.service_state import (
    FAULTY,
    LID_OPEN,
    LOADED,
    NO_ROLL,
    NOT_TRIED,
    SPENT,
    UNCOVERED,
    UNPROVEN,
    WORKS,
    SelfTest,
    SelfTested,
)

SERVICE_TESTS = 43  # protocol.service_commands.ServiceTests.TYPE
LID_LOOKS, LID_LOOK_MS = 5, 20  # the lid's switch settles in 50 ms (drivers/lid_switch.py)
# A hand in the beam is gone after a second; dirt stays.
BEAM_LOOKS, BEAM_LOOK_MS = 50, 20
TONE = ((880, 300, 1000), (0, 100, 1000), (660, 300, 1000), (0, 100, 1000), (880, 300, 1000))
TONE_MS = 1100


async def answer(body, unit):
    """Body: SelfTest.  Answer: SelfTested."""
    part = SelfTest.from_map(cbor.decode(body or b"")).part
    verdict, cause = await (_motor, _encoder, _beam, _speaker, _nfc)[part - 1](unit)
    return 0, cbor.encode(SelfTested(part, verdict, cause).to_map())


async def _motor(unit):
    why = await _no_motion(unit)
    if why is not None:
        return NOT_TRIED, why
    cause = await (_carousel(unit) if unit.board.model == MODEL_TABLET else _roll(unit))
    if cause == NO_ROLL:
        return NOT_TRIED, cause
    if cause is None and unit.board.shutter.state() != CLOSED:
        cause = UNCOVERED
    return (WORKS, "") if cause is None else (FAULTY, cause)


async def _no_motion(unit):
    """Why no motor may move now, or None."""
    board = unit.board
    if may_hold(unit) and SERVICE_TESTS not in unit.carried:
        return LOADED
    for _ in range(LID_LOOKS):
        lid_open = board.lid.open
        await asyncio.sleep_ms(LID_LOOK_MS)
    if lid_open:
        return LID_OPEN
    if board.shutter.state() != CLOSED:
        return UNCOVERED
    return SPENT if spent(board.power.mains, board.power.battery_mv(), False) else None


async def _carousel(unit):
    """Home, proven by a motion there or to and fro; None, or why not."""
    from firmware.drivers.carousel import HOME, MotionFault

    carousel = unit.board.carousel
    if may_hold(unit) and carousel.position() is None:
        return UNPROVEN
    carousel.distrust()  # then it moves even when it is home
    try:
        await carousel.turn_to(HOME)
    except MotionFault as fault:
        return fault.cause
    return None


async def _roll(unit):
    """With a roll: a quarter of a pouch to and fro.  Without one: the blade goes round once.  None, or why not."""
    board, schedule = unit.board, unit.plans.active
    try:
        if board.mark.value():
            if schedule is None:
                return NO_ROLL
            from firmware.core.roll import PITCH_MM

            return await board.feed.nudge(schedule.roll[PITCH_MM])
        if may_hold(unit):
            return NO_ROLL
        return await board.cutter.bring_home() or await board.cutter.cut()
    finally:
        board.feed.let_go()
        board.cutter.let_go()


async def _encoder(unit):
    board = unit.board
    if board.model != MODEL_TABLET:
        return _mark(unit)
    encoder = Encoder(board.tilt.i2c)  # on the same bus
    try:
        encoder.raw()
    except OSError:
        return FAULTY, "silent"
    return (WORKS, "") if encoder.healthy() else (FAULTY, "magnet lost")


def _mark(unit):
    board = unit.board
    board.expander.inputs()
    if board.expander.silent:
        return FAULTY, "expander silent"
    if board.mark.value():
        return WORKS, ""
    return (FAULTY, "no mark") if unit.plans.active is not None else (NOT_TRIED, NO_ROLL)


async def _beam(unit):
    board = unit.board
    for _ in range(BEAM_LOOKS):
        if not board.beam.broken:
            return WORKS, ""
        await asyncio.sleep_ms(BEAM_LOOK_MS)
    if board.model == MODEL_TABLET:
        return FAULTY, "blocked"
    return FAULTY, "expander silent" if board.expander.silent else "drawer not empty"


async def _speaker(unit):
    """Whether it sounded, a person says."""
    unit.board.tone.play(TONE, False)
    await asyncio.sleep_ms(TONE_MS)
    unit.board.tone.stop()
    return WORKS, ""


async def _nfc(unit):
    nfc = unit.board.nfc
    await nfc.look()
    answers = nfc.ready
    await nfc.off()
    nfc.let_go()
    return (WORKS, "") if answers else (FAULTY, "silent")
