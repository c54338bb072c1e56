"""Firmware as a thing: built, packed, signed, and put on a board by cable."""
