"""The virtual dispenser: real firmware on MicroPython, on a board made of software."""
