"""No patient on the wire: what looks like a national identity number is refused wherever a label is typed."""

import re

# Eleven digits, also as 6 and 5: a Norwegian fødselsnummer or D-number.
_IDENTITY = re.compile(r"(?<!\d)\d{6}[ .-]?\d{5}(?!\d)")


def holds_identity_number(text: str) -> bool:
    """Whether `text` has one in it, or something that looks like one."""
    return _IDENTITY.search(text) is not None
