"""The firmware's own rooms on CPython, in a world whose time, flash and parts are virtual.  Never goes onto a board.

loop, stage       what MicroPython gives the firmware: asyncio, time, os, open; time jumps to the next wake-up
flash             a filesystem that loses power as LittleFS does
world, parts      the kitchen: angle, compartments, hands, mains; the firmware's own drivers read its pins
secure_element    ES256 by the cryptography package, behind the keystore's methods
centre, courier   who plans and receipts, and the line to them, as calls
device            one dispenser, from power-on to power-off, as often as it takes
days, cuts        scripted days, and the same days with the power cut at every write and every motor command
people, fleet     seeded human beings; device-years
history, audit    what happened, and the seven invariants over it; they know nothing of the firmware's decisions
"""
