"""The dispenser: core decides, shell carries, drivers and store touch the world."""
