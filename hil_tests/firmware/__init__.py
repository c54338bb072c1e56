"""New firmware from the person who signs it to a dispenser in a home."""
