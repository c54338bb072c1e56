"""Where a dispenser will stand, as somebody typed it: which hub, and a place's name that is nobody's.  Pure."""

import re

from tools.identity_number import holds_identity_number

LONGEST_LABEL = 60  # as the centre's register has it
HUB_ID = re.compile(r"[0-9a-f]{16}")


def fault_of(hub: str, label: str) -> str:
    """What is wrong with them, or nothing.  hub: in small letters."""
    if not HUB_ID.fullmatch(hub):
        return f"{hub or 'nothing'} is no hub's id: it has 16 hex digits"
    if not 0 < len(label) <= LONGEST_LABEL or not label.isprintable():
        return f"a label has 1 to {LONGEST_LABEL} letters"
    if holds_identity_number(label):
        return "the label looks like a national identity number; write where it stands, not whose it is"
    return ""
