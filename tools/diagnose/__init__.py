"""Twenty questions to a device, to this computer and to the hub, each answered in one sentence (decision 42)."""
