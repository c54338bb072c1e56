"""The neighbours of the centre, one per file: database, broker, keys, clock."""
