"""The technician at the bench: which devices are on the cables, and the first words with a new one."""
