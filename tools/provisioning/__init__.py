"""A new dispenser gets its owner and its place, by its USB cable or by its line to the hub."""
