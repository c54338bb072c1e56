"""What dispenser, hub and centre say to each other.  Pure: the same files run on the board and on CPython."""
