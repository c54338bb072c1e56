"""What survives a power cut: the journal of events, and settings."""
