"""A new version for a device in service mode, in small pieces: bodies of the desks UPDATE_BEGIN, _PIECE and _END.

One stream of bytes: the pack that the signed manifest names.  The device alone says which byte it wants next, so a lost
answer, a pulled cable and a power cut all end the same way: ask again, and go on where it says.
"""

from protocol.manifest import DIGEST_BYTES, MAX_MANIFEST, MAX_PACK
from protocol.record import U32_MAX, Record, at_most, exactly, flag, within

# A message waits whole in the board's memory, and is copied on its way (hazard U-48): a quarter of the largest one.
MAX_PIECE = 2048


class UpdateBegin(Record):
    """Tool or hub -> device: take this version.  Answer: UpdateWanted, or a refusal code.

    check_only: judge it, and change nothing.  Without it the slot that does not run is made ready; what lies there of
    this very version is kept.
    """

    FIELDS = ((1, "manifest"), (2, "check_only"))

    def __init__(self, manifest: bytes, check_only: bool) -> None:
        self.manifest = at_most(manifest, MAX_MANIFEST, "manifest")  # COSE_Sign1 by the release key
        self.check_only = flag(check_only, "check_only")


class UpdatePiece(Record):
    """Tool or hub -> device: bytes of the pack from `offset`.  Answer: UpdateWanted.

    Bytes that the device did not want now change nothing; its answer says what it wants.
    """

    FIELDS = ((1, "offset"), (2, "data"))

    def __init__(self, offset: int, data: bytes) -> None:
        self.offset = within(offset, 0, MAX_PACK - 1, "offset")
        self.data = at_most(data, MAX_PIECE, "data")


class UpdateWanted(Record):
    """Device -> tool or hub: give me the pack from here.  The pack's size: it has all, and waits for UPDATE_END."""

    FIELDS = ((1, "offset"),)

    def __init__(self, offset: int) -> None:
        self.offset = within(offset, 0, MAX_PACK, "offset")


class UpdateStands(Record):
    """Device -> tool or hub, the answer to UPDATE_END: read back and whole; the next start is this version's trial."""

    FIELDS = ((1, "sequence"), (2, "digest"))

    def __init__(self, sequence: int, digest: bytes) -> None:
        self.sequence = within(sequence, 1, U32_MAX, "sequence")
        self.digest = exactly(digest, DIGEST_BYTES, "digest")  # SHA-256 of what was read back from the flash
