"""What a firmware is, and for whom: signed by the release key, believed by tool, hub, centre and device alike.

The fields are those of RFC 9124 section 3 that a device of one image needs; this is no SUIT manifest, and does not say
so.  A version is two files on the flash: this manifest (a few hundred bytes) and one pack with all code, because two
versions of single files do not fit the smaller board (docs/decisions/0038).  The same file on board and CPython.
"""

from protocol import cbor
from protocol.cose import verify1
from protocol.errors import EXPIRED, OLD_VERSION, OUT_OF_BOUNDS, WRONG_DEVICE, MessageError
from protocol.record import U16_MAX, U32_MAX, Record, exactly, flag, text, within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

CONTEXT_FIRMWARE = b"dosevakt-firmware-1"
DIGEST_BYTES = 32  # SHA-256, whole: whoever finds a second preimage of half of it runs code on dispensers
MAX_MANIFEST = 1024  # bytes of the signed manifest: some 300 are used
# Half of the smaller board's 1,408 KB, less 200 KB for journal, settings and loader.
MAX_PACK = 500 * 1024
MAX_VERSION = 32  # characters
VENDOR = "dosevakt"
TABLET, MULTIDOSE = "tablet-pico", "multidose-pico"
CLASSES = {1: TABLET, 2: MULTIDOSE}  # by model (protocol.device_events)


class Manifest(Record):
    """One version of the firmware of one class of device.  `loader`: SHA-256 over boot.py and /loader (flash)."""

    FIELDS = (
        (1, "version"),
        (2, "sequence"),
        (3, "vendor"),
        (4, "device_class"),
        (5, "size"),
        (6, "digest"),
        (7, "min_loader"),
        (8, "loader"),
        (9, "downgrade"),
        (10, "not_after_s"),
    )
    OPTIONAL = (10,)

    def __init__(
        self,
        version: str,
        sequence: int,
        vendor: str,
        device_class: str,
        size: int,
        digest: bytes,
        min_loader: int,
        loader: bytes,
        downgrade: bool,
        not_after_s: "int | None" = None,
    ) -> None:
        self.version = _version(version)  # for people; what is newer is decided by `sequence`
        self.sequence = within(sequence, 1, U32_MAX, "sequence")  # only grows, over all classes
        self.vendor = text(vendor, 32, "vendor")
        self.device_class = text(device_class, 32, "device_class")  # which boards it is for
        self.size = within(size, 1, MAX_PACK, "size")  # bytes of the pack
        self.digest = exactly(digest, DIGEST_BYTES, "digest")  # SHA-256 of the pack
        # Oldest loader that can start it.
        self.min_loader = within(min_loader, 0, U16_MAX, "min_loader")
        self.loader = exactly(loader, DIGEST_BYTES, "loader")
        self.downgrade = flag(downgrade, "downgrade")  # True: may replace a newer one (a recall)
        self.not_after_s = None if not_after_s is None else within(not_after_s, 1, U32_MAX, "not_after_s")

    def encode(self) -> bytes:
        """The payload of the manifest's COSE_Sign1."""
        return cbor.encode(self.to_map())


def decode_manifest(payload: bytes) -> Manifest:
    """Read a manifest.  Raises MessageError if it is none."""
    return Manifest.from_map(cbor.decode(payload, MAX_MANIFEST))


def proven(cose_bytes: bytes, verify: "Callable[[bytes, bytes, bytes], bool]") -> Manifest:
    """The manifest of COSE_Sign1 bytes whose signature holds (verify: as cose.verify1 takes it).

    Raises MessageError for other bytes or a larger manifest, SignatureError when it is not the release key's.
    """
    if len(cose_bytes) > MAX_MANIFEST:
        raise MessageError(OUT_OF_BOUNDS, "a manifest has at most %d bytes" % MAX_MANIFEST)
    return decode_manifest(verify1(cose_bytes, CONTEXT_FIRMWARE, verify).payload)


def check_fits(manifest: Manifest, device_class: str, highest: int, loader: int, now_s: "int | None") -> None:
    """Raise MessageError unless this device may install this version.

    device_class: of the device.  highest: the highest sequence it ever confirmed; the same one may be installed again.
    loader: version of its loader.  now_s: trusted UTC seconds, None without a clock: an expiry then cannot be
    judged, and a repair must not depend on the clock.
    """
    if manifest.vendor != VENDOR or manifest.device_class != device_class:
        raise MessageError(
            WRONG_DEVICE, "the firmware is for %s, the device is %s" % (manifest.device_class, device_class)
        )
    if manifest.sequence < highest and not manifest.downgrade:
        raise MessageError(
            OLD_VERSION, "the firmware is number %d, the device had %d" % (manifest.sequence, highest)
        )
    if manifest.min_loader > loader:
        raise MessageError(
            OUT_OF_BOUNDS,
            "the firmware needs loader %d, the device has %d: flash it by cable"
            % (manifest.min_loader, loader),
        )
    if manifest.not_after_s is not None and now_s is not None and now_s > manifest.not_after_s:
        raise MessageError(EXPIRED, "the firmware was to be installed before; ask for a newer one")


def _version(value: object) -> str:
    """Letters, digits, dots, plus and dash: it stands in file names and on screens."""
    version = text(value, MAX_VERSION, "version")
    if not version or not all(
        c in ".+-" or "0" <= c <= "9" or "a" <= c <= "z" or "A" <= c <= "Z" for c in version
    ):
        raise MessageError(OUT_OF_BOUNDS, "a version is letters, digits, dots, + and -")
    return version
