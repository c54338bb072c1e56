"""What the driver tests run on the multidose board: each takes the Board and returns what the test looks at."""

import asyncio
import time

import machine

WAIT_MS = 1000  # the bench loads a roll first
FALL_MS = 500


async def feed_and_cut(board, count=1):
    """[why it was not fed, why it was not cut, does something lie in the drawer] of each pouch."""
    await asyncio.sleep_ms(WAIT_MS)
    answers = []
    for _ in range(count):
        fed = await board.feed.pitch(70)
        cut = await board.cutter.cut() if fed is None else None
        await asyncio.sleep_ms(FALL_MS)
        answers.append([fed, cut, board.beam.lies])
    return answers


async def feed_and_cut_two(board):
    return await feed_and_cut(board, 2)


async def feed_and_retain(board):
    """Two pouches into the drawer, then through its floor."""
    answers = await feed_and_cut(board, 2)
    counted = await board.chamber.drop()
    return [answers[-1], counted, board.beam.lies, board.full.value()]


async def retain_at_once(board):
    return await board.chamber.drop()


async def nudge(board):
    await asyncio.sleep_ms(WAIT_MS)
    answer = await board.feed.nudge(70)
    return [answer, board.mark.value(), await board.feed.pitch(70)]


async def read(board):
    """The label at the line, twice; and after the pouch has been fed."""
    await asyncio.sleep_ms(WAIT_MS)
    answers = [await board.reader.read(), await board.reader.read()]
    board.reader.let_go()
    await board.feed.pitch(70)
    return answers + [await board.reader.read()]


async def read_one(board):
    await asyncio.sleep_ms(WAIT_MS)
    return await board.reader.read()


async def cut_and_go_on(board):
    """After a power cut in the middle of a cut."""
    await asyncio.sleep_ms(WAIT_MS)
    return [await board.cutter.cut(), await board.cutter.bring_home(), await board.cutter.cut()]


async def hang_with_current(board):
    """The bolt has current when the firmware hangs; the watchdog starts it again."""
    if machine.reset_cause() != machine.WDT_RESET:
        board.lock.value(1)
        time.sleep_ms(60000)
    return machine.reset_cause() == machine.WDT_RESET


async def lines(board):
    """What each input says, and whether the chip answers."""
    await asyncio.sleep_ms(WAIT_MS)
    board.beam.filled = True
    taken = [board.beam.poll() for _ in range(3)]
    return [
        board.lid.open,
        board.shutter.state(),
        board.beam.lies,
        board.full.value(),
        taken,
        board.expander.silent,
    ]


async def door(board):
    await asyncio.sleep_ms(WAIT_MS)
    await board.shutter.open()
    states = [board.shutter.state()]
    await board.shutter.close()
    return states + [board.shutter.state()]


async def hands_in_the_drawer(board):
    """A pouch lies there for somebody; how often it is told as taken, and when."""
    await feed_and_cut(board)
    await board.shutter.open()
    board.beam.filled = True
    told = []
    for look in range(100):
        await asyncio.sleep_ms(100)
        if board.beam.poll():
            told.append(look)
    return [len(told), board.beam.filled, board.beam.lies]


async def bolt(board):
    states = []
    for level in (1, 0):
        board.lock.value(level)
        for _ in range(WAIT_MS // 100):  # contacts bounce
            await asyncio.sleep_ms(100)
            is_open = board.lid.open
        states.append(is_open)
    return states
