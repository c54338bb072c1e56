"""dosevakt return: a device comes back from a home; what is left is counted, told, and then forgotten."""
