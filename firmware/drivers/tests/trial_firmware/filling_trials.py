"""Trials of the drivers that somebody who fills needs."""

import asyncio

PAGES = 12


async def looked_at_each_second(board):
    """What the keypad tells somebody who looks once a second, over ten seconds."""
    told = []
    for _ in range(10):
        told.append(board.keypad.touched())
        await asyncio.sleep_ms(1000)
    return told


async def typed(board):
    """The keys as they come, for six seconds; each once."""
    keys, before = [], 0
    for _ in range(150):
        now = board.keypad.touched(True)
        keys += [key for key in range(12) if (now & ~before) >> key & 1]
        before = now
        await asyncio.sleep_ms(40)
    return keys


async def tags(board):
    """What lies on the reader, twice a second for ten seconds; as hex digits."""
    seen = []
    for _ in range(20):
        found = await board.nfc.look(PAGES)
        seen.append(None if found is None else [bytes(part).hex() for part in found])
        await asyncio.sleep_ms(500)
    await board.nfc.off()
    board.nfc.let_go()
    return seen


async def compartments(board):
    """Whether something lies in compartments 1 to 4, and what is said afterwards, a second apart."""
    seen = []
    for place in (1, 2, 3, 4):
        await board.carousel.turn_to(place)
        seen.append(await board.occupancy.occupied())
    for _ in range(5):
        await asyncio.sleep_ms(1000)
        seen.append(await board.occupancy.occupied())
    board.occupancy.off()
    return seen
