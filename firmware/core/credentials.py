"""Who may fill the device: a short list of tags and PINs as hashes, and nothing about whose they are.  Pure.

A row is [credential, role, tag, pin, until_s], as AddCredential brings it; b"" and 0 stand for what it does not have.
Loaded when somebody identifies or the centre changes the list, dropped afterwards.
"""

from protocol import cbor
from protocol.errors import BAD_BYTES, NO_ROOM, NO_SUCH_CREDENTIAL, PIN_IN_USE, MessageError

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from typing import Any

    from protocol.refill_commands import AddCredential

    Row = list[Any]

CREDENTIAL, ROLE, TAG, PIN, UNTIL_S = range(5)
MAX_ROWS = 8  # refill_commands.MAX_CREDENTIALS


def read_rows(saved: "bytes | None") -> "list[Row]":
    """The list as the setting "credentials" keeps it; None: nobody yet.  Raises MessageError for other bytes."""
    rows: "Any" = cbor.decode(saved) if saved else []
    if not isinstance(rows, list) or [row for row in rows if not isinstance(row, list) or len(row) != 5]:
        raise MessageError(BAD_BYTES, "no list of credentials")
    return rows


def add(rows: "list[Row]", order: "AddCredential") -> "list[Row]":
    """The list with this one; the same credential again replaces it.  Raises MessageError with the refusal code.

    A tag or PIN that another one has is refused: nobody could say who filled.
    """
    new = [order.credential, order.role, order.tag or b"", order.pin or b"", order.until_s or 0]
    others = [row for row in rows if row[CREDENTIAL] != order.credential]
    for row in others:
        if (new[TAG] and row[TAG] == new[TAG]) or (new[PIN] and row[PIN] == new[PIN]):
            raise MessageError(PIN_IN_USE)
    if len(others) >= MAX_ROWS:
        raise MessageError(NO_ROOM, "%d are kept" % MAX_ROWS)
    return others + [new]


def revoke(rows: "list[Row]", credential: bytes, again: bool = False) -> "list[Row]":
    """The list without it.  again: a power cut may have come between deed and answer, so it may be gone already.

    Raises MessageError when the device knows no such credential.
    """
    others = [row for row in rows if row[CREDENTIAL] != credential]
    if len(others) == len(rows) and not again:
        raise MessageError(NO_SUCH_CREDENTIAL)
    return others


def find_by_tag(rows: "list[Row]", tag: bytes, now_s: "int | None") -> "Row | None":
    """The row of this tag's hash, or None.  Where it has a PIN too, both are asked for.

    now_s: UTC s of a clock that is trusted, else None: then nobody can say whether a credential has run out.
    """
    return _find(rows, TAG, tag, now_s)


def find_by_pin(rows: "list[Row]", pin: bytes, now_s: "int | None") -> "Row | None":
    """The row of this PIN's hash, or None.  Where it has a tag too, both are asked for."""
    return _find(rows, PIN, pin, now_s)


def _find(rows: "list[Row]", place: int, proof: bytes, now_s: "int | None") -> "Row | None":
    for row in rows:
        if proof and row[place] == proof:
            lasts = not row[UNTIL_S] or (now_s is not None and now_s < row[UNTIL_S])
            return row if lasts else None
    return None
