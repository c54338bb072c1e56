"""Decisions of the hub.  Pure: no file, socket, clock or randomness; those come in as arguments."""
