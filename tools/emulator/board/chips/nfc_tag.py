"""What is held at the NFC reader: an NTAG213 with a seven-byte number, or a card of which only the number can be read.

Data sheet NTAG213/215/216: 45 pages of 4 bytes; pages 0..2 number, check bytes (BCC) and locks, 3 the capability
container, 4..27h what users write, 28h..2Ch configuration.  READ 30h gives four pages, going round to page 0 after 2Ch.
It stays where it is held, also over a power cut.
"""

USER_PAGE, USER_BYTES, LAST_PAGE = 4, 144, 0x2C
CONTAINER = b"\xe1\x10\x12\x00"  # page 3: NFC forum type 2, 144 bytes, may be read and written
CASCADE, INTERNAL = 0x88, 0x48
CONFIGURATION = bytes((0, 0, 0, 0xBD, 4, 0, 0, 0xFF)) + bytes(12)  # as delivered; the password is never read


class NfcTag:
    def __init__(self, wiring, world):
        self._world = world
        self._kept = world.block("tag", 8 + USER_BYTES)  # length of the number, the number, user pages
        self.changed = lambda: None  # the reader notices it in its field
        wiring.command("tag", self._hold)
        wiring.report("tag", lambda: self.uid().hex() or None)

    def _hold(self, request):
        uid = _bytes(request, "uid")
        data = _bytes(request, "data")
        if len(uid) not in (0, 4, 7):
            raise ValueError("A tag's uid has 4 or 7 bytes, as 8 or 14 hex digits; null takes the tag away.")
        if len(data) > USER_BYTES:
            raise ValueError("%d bytes do not go onto an NTAG213; it holds 144, from page 4 on." % len(data))
        if data and len(uid) != 7:
            raise ValueError("Only a tag with a uid of 7 bytes holds data; leave 'data' away.")
        self._kept[:] = bytes((len(uid),)) + uid + bytes(7 - len(uid)) + data + bytes(USER_BYTES - len(data))
        self._world.save()
        self.changed()

    def uid(self):
        """Its number; empty when nothing is held there."""
        return bytes(self._kept[1 : 1 + self._kept[0]])

    def read(self, page):
        """Sixteen bytes from `page` on; None when it refuses (NAK)."""
        uid = self.uid()
        if page > LAST_PAGE or len(uid) != 7:
            return None
        whole = bytes((uid[0], uid[1], uid[2], CASCADE ^ uid[0] ^ uid[1] ^ uid[2]))
        whole += uid[3:] + bytes((uid[3] ^ uid[4] ^ uid[5] ^ uid[6], INTERNAL, 0, 0)) + CONTAINER
        whole += bytes(self._kept[8:]) + CONFIGURATION
        whole += whole[:12]
        return whole[4 * page : 4 * page + 16]


def _bytes(request, field):
    text = request["uid"] if field == "uid" else request.get(field)
    try:
        return bytes.fromhex(text or "")
    except ValueError:
        raise ValueError("'%s' of a tag is hex digits, two for a byte." % field)
