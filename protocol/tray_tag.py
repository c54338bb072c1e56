"""What the tag of a filled tray says: for which device and plan it was filled.  No patient stands on it.

48 bytes, big endian, in the NTAG's pages 4 to 15: "DVT1", tray_id, device_id, plan_id, count, from_s, to_s, CRC-32 of
the 44 bytes before it.  The CRC finds a bad read; it proves nothing about who wrote it.
"""

import binascii
import struct

from protocol.cose import KID_BYTES
from protocol.dose_events import ID_BYTES, TRAY_SLOTS
from protocol.errors import BAD_BYTES, OUT_OF_BOUNDS, MessageError
from protocol.record import U32_MAX, Record, exactly, within

MAGIC = b"DVT1"
FORM = ">4sI8s16sIII"
TAG_BYTES = 48
FIRST_PAGE, LAST_PAGE = (
    4,
    15,
)  # user memory of an NTAG213, 4 bytes a page (NXP NTAG213/215/216 datasheet, 8.5)


class TrayTag(Record):
    """A tray filled for a plan.  Not CBOR: encode() and decode() are its form."""

    FIELDS = ((1, "tray_id"), (2, "device_id"), (3, "plan_id"), (4, "count"), (5, "from_s"), (6, "to_s"))

    def __init__(
        self, tray_id: int, device_id: bytes, plan_id: bytes, count: int, from_s: int, to_s: int
    ) -> None:
        self.tray_id = within(tray_id, 0, U32_MAX, "tray_id")  # written on the tray
        self.device_id = exactly(device_id, KID_BYTES, "device_id")
        self.plan_id = exactly(plan_id, ID_BYTES, "plan_id")
        self.count = within(count, 1, TRAY_SLOTS, "count")  # compartments with medicine
        self.from_s = within(from_s, 1, U32_MAX, "from_s")  # first dose due, UTC s since 1970
        self.to_s = within(to_s, 1, U32_MAX, "to_s")  # last dose due, UTC s since 1970
        if to_s < from_s:
            raise MessageError(OUT_OF_BOUNDS, "a tray ends after it begins")

    def encode(self) -> bytes:
        """The 48 bytes for the tag."""
        head = struct.pack(
            FORM, MAGIC, self.tray_id, self.device_id, self.plan_id, self.count, self.from_s, self.to_s
        )
        return head + struct.pack(">I", binascii.crc32(head))


def decode(data: bytes) -> TrayTag:
    """Read a tag.  Raises MessageError: BAD_BYTES (no tray's tag, or read badly), OUT_OF_BOUNDS."""
    if not isinstance(data, bytes) or len(data) != TAG_BYTES or data[:4] != MAGIC:
        raise MessageError(BAD_BYTES, "no tray's tag")
    if struct.unpack(">I", data[-4:])[0] != binascii.crc32(data[:-4]):
        raise MessageError(BAD_BYTES, "the tag's checksum does not hold")
    _, tray_id, device_id, plan_id, count, from_s, to_s = struct.unpack(FORM, data[:-4])
    return TrayTag(tray_id, device_id, plan_id, count, from_s, to_s)
