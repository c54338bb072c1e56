"""The hub's neighbours, one per file: serial port, outbox, broker, clocks, keys."""
