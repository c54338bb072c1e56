"""Pin numbers and limits, one file per hardware revision; nothing else names a pin."""
