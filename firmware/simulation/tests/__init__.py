"""The simulation's own promises, and the proofs that run in it."""
