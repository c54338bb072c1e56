"""Leave out who it is about.  Pure, but for the salt that comes in.

First only what is known to be harmless is taken (harmless.py); this is the net below it: everything that the tool has
met as an id, and everything that has the form of one, becomes a pseudonym.  In one bundle the same thing has the same
pseudonym; in the next it has another one.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable
from functools import partial
from typing import Any

# Kind -> form.  The order counts: the longer form first.
_FORMS = (
    ("key", re.compile(r"-----BEGIN [^-]+-----.*?-----END [^-]+-----", re.DOTALL)),
    ("mail", re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")),
    ("id", re.compile(r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b")),
    ("address", re.compile(r"\b(?:[0-9a-fA-F]{2}:){5}[0-9a-fA-F]{2}\b")),  # of a network card
    ("address", re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w:])")),  # IPv6
    ("address", re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b")),  # IPv4
    ("id", re.compile(r"\b[0-9a-fA-F]{12,}\b")),  # device, hub, dose, plan; serial numbers
    ("number", re.compile(r"(?<![\w.])\d{8,}(?![\w.])")),  # telephone, national identity number
    ("number", re.compile(r"\b\d{6} ?\d{5}\b")),
    ("key", re.compile(r"\b[A-Za-z0-9+/_-]{32,}={0,2}")),
    ("path", re.compile(r"(?:/home|/Users|/root)(?:/[^\s\"',:;]*)?")),
    ("path", re.compile(r"/dev/[^\s\"',:;]+")),
    ("host", re.compile(r"\b(?:[a-z0-9-]+\.)+(?:example|org|net|com|no|se|local|lan|home)\b", re.IGNORECASE)),
)
LETTERS = 6  # of a pseudonym: a bundle holds some ten


class Redactor:
    """`salt`: random, one for each bundle, and kept nowhere."""

    def __init__(self, salt: bytes) -> None:
        self._salt = salt
        self._known: dict[str, str] = {}

    def pseudonym(self, kind: str, value: object) -> str:
        """What stands for this value in this bundle, such as device-3fa9c1."""
        digest = hmac.new(self._salt, str(value).lower().encode(), hashlib.sha256).hexdigest()
        # Letters no id is made of.
        word = "".join(chr(ord("g") + int(digit, 16)) for digit in digest[:LETTERS])
        return f"{kind}-{word}"

    def know(self, kind: str, values: Iterable[object]) -> None:
        """These must never appear, in whatever place."""
        for value in values:
            if value and len(str(value)) > 2:
                self._known[str(value)] = self.pseudonym(kind, value)

    def clean(self, text: str) -> str:
        """The text without any of them."""
        for value in sorted(self._known, key=len, reverse=True):
            text = re.sub(re.escape(value), self._known[value], text, flags=re.IGNORECASE)
        for kind, form in _FORMS:
            text = form.sub(partial(self._found, kind), text)
        return text

    def clean_all(self, value: Any) -> Any:
        """A JSON value whose texts are clean; its numbers come from named fields and stay."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, dict):
            return {key: self.clean_all(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self.clean_all(item) for item in value]
        return value

    def _found(self, kind: str, found: re.Match[str]) -> str:
        return self.pseudonym(kind, found.group())
