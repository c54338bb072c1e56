"""The rooms between decisions and parts: each gathers facts, steps a core, and does what it says."""
