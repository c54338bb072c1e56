"""The path serial line -> hub -> broker, measured: ours, and what others would put in its place."""
