"""One part per file, written against `machine` and its datasheet; a driver decides nothing."""
