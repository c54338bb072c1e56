"""What the driver tests run on the board: each takes the Board and returns what the test looks at."""

import asyncio
import time

from firmware.drivers.carousel import MotionFault
from firmware.drivers.shutter import ShutterFault
from firmware.drivers.tilt_self_test import self_test
from firmware.ui import screens, states, tones


async def turn(carousel, position):
    """Position that was proven, or why not."""
    try:
        await carousel.turn_to(position)
    except MotionFault as fault:
        return fault.cause
    return carousel.position()


async def every_slot(board):
    order = [1, 28, 14, 13, 0] + list(range(1, 29)) + [0]
    answers = []
    for slot in order:
        answers.append([slot, await turn(board.carousel, slot)])
    return answers


async def turn_to_nine(board):
    """Waits a second, so that the bench can do something to the mechanics first."""
    await asyncio.sleep_ms(1000)
    before = board.carousel.position()
    answer = await turn(board.carousel, 9)
    return {"before": before, "answer": answer, "after": board.carousel.position()}


async def turn_twice(board):
    first = await turn_to_nine(board)
    await asyncio.sleep_ms(10000)
    again = await turn(board.carousel, 0)
    return {"first": first, "again": again, "after": board.carousel.position()}


async def where(board):
    await asyncio.sleep_ms(1000)
    return board.carousel.position()


async def clock_years(board):
    times = [946684800, 951782399, 951782400, 1709164799, 1709251200, 1798761599, 1798761600, 4102444799]
    answers = [board.rtc.utc_s()]
    for utc_s in times:
        board.rtc.set(utc_s)
        await asyncio.sleep_ms(1000)
        later_s = board.rtc.utc_s()
        answers.append(None if later_s is None else later_s - utc_s)
    return answers


async def clock_set(board):
    board.rtc.set(1798761000)
    return board.rtc.utc_s()


async def clock_read(board):
    await asyncio.sleep_ms(1000)
    return board.rtc.utc_s()


async def show_all(board):
    """Every screen of every language, one every 6 s; the test reads them off the panel."""
    start_ms = time.ticks_ms()
    number = 0
    for language in ("nb", "nn", "se", "en"):
        for state in screens.STATES:
            board.panel.show(screens.screen(state, 0, language, (1, 2, 480)).lines)
            number += 1
            await asyncio.sleep_ms(start_ms + 6000 * number - time.ticks_ms())
    return board.panel.failed


async def show_latest(board):
    for text in ("one", "two", "three"):
        board.panel.show(["*" + text])
        await asyncio.sleep_ms(500)
    while not board.panel.settled:
        await asyncio.sleep_ms(200)
    return board.panel.failed


async def presses(board):
    seen = []

    async def watch():
        while True:
            await board.button.pressed.wait()
            seen.append(time.ticks_ms() - start_ms)

    start_ms = time.ticks_ms()
    asyncio.create_task(watch())
    await asyncio.sleep_ms(12000)
    return [len(seen), board.button.presses]


async def lamp(board):
    for level in (0, 1000, 250, 0):
        board.light(level)
        await asyncio.sleep_ms(1000)


async def reminder(board):
    board.tone.play(tones.burst(tones.SOFT))
    await asyncio.sleep_ms(16000)
    board.tone.play(tones.burst(tones.SOFT))
    board.tone.stop()
    await asyncio.sleep_ms(16000)


async def hands(board):
    seen = []
    for _ in range(100):
        await asyncio.sleep_ms(100)
        if board.beam.poll():
            seen.append(board.beam.broken)
    return len(seen)


async def lid(board):
    states = []
    for _ in range(100):
        await asyncio.sleep_ms(50)
        if not states or states[-1] != board.lid.open:
            states.append(board.lid.open)
    return states


async def dose_is_due(board):
    """As the patient sees it when a dose falls due."""
    board.panel.show(screens.screen(states.DUE, 1, "en").lines)
    await asyncio.sleep_ms(5000)
    board.light(1000)
    return board.panel.settled


async def lean(board):
    """The angle, ten times a second for two seconds; then what is known at the end."""
    angles = []
    for _ in range(20):
        await asyncio.sleep_ms(100)
        angles.append(board.tilt.angle_deg())
    return {"angles": angles, "upside_down": board.tilt.upside_down, "healthy": board.tilt.healthy()}


async def tilt_test(board):
    await asyncio.sleep_ms(1000)
    passed = await self_test(board.tilt)
    await asyncio.sleep_ms(200)
    return {"passed": passed, "angle": board.tilt.angle_deg(), "healthy": board.tilt.healthy()}


async def move(board, motion):
    """Where the shutter stands after a motion, or why it failed, and how long that took."""
    since_ms = time.ticks_ms()
    try:
        await motion()
        answer = board.shutter.state()
    except ShutterFault as fault:
        answer = fault.cause
    return answer, time.ticks_ms() - since_ms


async def shut_open(board):
    """Waits a second before each motion, so that the bench can do something."""
    answers = [board.shutter.state()]
    for motion in (board.shutter.close, board.shutter.open):
        await asyncio.sleep_ms(1000)
        answers.append((await move(board, motion))[0])
    return answers


async def shut(board):
    await asyncio.sleep_ms(1000)
    answer, ms = await move(board, board.shutter.close)
    return {"answer": answer, "ms": ms, "state": board.shutter.state()}


async def shut_twice_at_once(board):
    return [
        answer
        for answer, _ in await asyncio.gather(
            move(board, board.shutter.close), move(board, board.shutter.open)
        )
    ]


async def shut_and_look(board):
    """Close, then say once a second what the switches say."""
    await move(board, board.shutter.close)
    states = []
    for _ in range(4):
        await asyncio.sleep_ms(1000)
        states.append(board.shutter.state())
    return states


async def shut_and_watch(board):
    """Close, then count the hands that the beam sees."""
    await move(board, board.shutter.close)
    return await hands(board)


async def supply(board):
    await asyncio.sleep_ms(1000)
    power = board.power
    return {
        "mains": power.mains,
        "mv": power.battery_mv(),
        "per_mille": power.battery_per_mille(),
        "healthy": power.healthy(),
    }


async def supply_later(board):
    """As supply(), an hour later."""
    await asyncio.sleep_ms(3600000)
    return await supply(board)
