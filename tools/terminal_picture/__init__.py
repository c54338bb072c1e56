"""Pictures of a terminal for the pages of docs/: what a command printed, as a person saw it, in one SVG file."""
