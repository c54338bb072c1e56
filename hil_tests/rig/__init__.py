"""The real thing: a board on a serial port instead of a virtual one."""
