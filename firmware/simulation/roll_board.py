"""What only the multidose board has."""


def roll_parts(device, bus):
    """(model, slots, the parts by name)."""
    raise NotImplementedError
