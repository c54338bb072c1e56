"""What outlives the arithmetic, which is loaded for each signature and dropped (keystore.py)."""

GENERATOR_TABLE = []  # the generator's comb: 4 KB in one piece, taken at the start; later on they may not be free
