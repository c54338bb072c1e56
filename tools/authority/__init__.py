"""Keys and certificates: who may speak to the broker, and as whom."""
