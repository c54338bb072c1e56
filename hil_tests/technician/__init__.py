"""A technician's day at the bench: every command typed at a terminal, from the box to the flat and back."""
