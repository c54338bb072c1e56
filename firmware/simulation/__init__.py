"""The firmware's own rooms on CPython, in a world whose time, flash and parts are virtual.  Never goes onto a board.

loop, micro_asyncio, stage   what MicroPython gives the firmware: asyncio, time, os, open; time jumps ahead
flash                        a filesystem that loses power as LittleFS does
world, tray_world,
roll_world                   the kitchen: true time, mains; compartments, or a strip of pouches; a copy is a snapshot
media                        the two media: world, plan, contents
parts, chips, virtual_board,
tray_*, roll_*, touch_chips  pins and buses, which the firmware's own drivers read
hands, medium_hands          what people and accidents can do to a dispenser
filler                       somebody who fills, by what the panel says
secure_element               ES256 by the cryptography package, behind the keystore's methods
centre, courier              who plans and receipts, and the line to them, as calls
device                       one dispenser, from power-on to power-off, as often as it takes
*_days, day_pieces, cuts     scripted days, and the same days with the power cut at every write and every motor command
household, people, supply,
accidents, fleet             homes drawn from a seed; device-years
history, audit, releases,
outcomes, certainty,
order_of_things, pouch_truth,
refill_truth                 what happened, and the seven invariants over it; they know nothing of the firmware's rules
worker                       a process of it: from the command line, and by tools/fleet.py
"""
