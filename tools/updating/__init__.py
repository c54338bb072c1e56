"""dosevakt update: a new version for a dispenser over its own cable, from the bundle to the end of its trial."""
