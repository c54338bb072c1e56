"""One of each that carries a new version to a device in service mode."""

from protocol import cbor
from protocol.manifest import MAX_MANIFEST, MAX_PACK
from protocol.service_update import MAX_PIECE, UpdateBegin, UpdatePiece, UpdateStands, UpdateWanted

ROWS = (
    ("update-begin", "update-begin", UpdateBegin(b"manifest", False)),
    ("update-begin-check", "update-begin", UpdateBegin(bytes(MAX_MANIFEST), True)),
    ("update-piece", "update-piece", UpdatePiece(16384, b"piece")),
    ("update-piece-long", "update-piece", UpdatePiece(0, bytes(MAX_PIECE))),
    ("update-wanted", "update-wanted", UpdateWanted(0)),
    ("update-wanted-end", "update-wanted", UpdateWanted(MAX_PACK)),
    ("update-stands", "update-stands", UpdateStands(7, bytes(range(32)))),
)
KINDS = {
    "update-begin": UpdateBegin,
    "update-piece": UpdatePiece,
    "update-wanted": UpdateWanted,
    "update-stands": UpdateStands,
}


def decoder(kind):
    """The function that reads such bytes."""
    return lambda data: kind.from_map(cbor.decode(data))


DECODERS = {rule: decoder(kind) for rule, kind in KINDS.items()}


def every():
    """(vector name, schema rule, record, bytes), as samples.every."""
    return [(name, rule, record, cbor.encode(record.to_map())) for name, rule, record in ROWS]
