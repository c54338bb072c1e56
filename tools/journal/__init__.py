"""dosevakt journal: a device's events, read into a file, proved in words, exported."""
