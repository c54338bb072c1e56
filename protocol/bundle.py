"""One file with all of one version: what `dosevakt release make` writes, and flash, update, centre and hub read.

b"DVB1", then the sizes of the three parts (u32 big endian each), then the parts: the signed manifest, the pack of all
code, and boot.py with the loader (CBOR: [path, bytes] for each file).  Nothing is compressed: what is read is
never larger than the file, so there is nothing to blow up.
"""

from hashlib import sha256

from protocol.cose import parse_sign1
from protocol.errors import BAD_BYTES, BAD_SIGNATURE, TOO_LARGE, MessageError, SignatureError
from protocol.manifest import MAX_MANIFEST, MAX_PACK, Manifest, decode_manifest, proven

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

MAGIC = b"DVB1"
HEAD = 16
MAX_LOADER = 64 * 1024  # boot.py and a dozen small files are some 15 KB
MAX_BUNDLE = HEAD + MAX_MANIFEST + MAX_PACK + MAX_LOADER
SUFFIX = ".dvb"


class Bundle:
    """The parts of a bundle.  `manifest` is what the signed bytes say; proven_bundle() says whether to believe it."""

    def __init__(self, cose: bytes, pack: bytes, loader: bytes) -> None:
        self.cose = cose
        self.manifest: Manifest = decode_manifest(parse_sign1(cose).payload)
        self.pack = pack
        self.loader = loader

    def encode(self) -> bytes:
        """The bytes of the file."""
        parts = (self.cose, self.pack, self.loader)
        return MAGIC + b"".join([len(part).to_bytes(4, "big") for part in parts]) + b"".join(parts)

    def manifest_digest(self) -> bytes:
        """32 bytes that name this very version in an InstallFirmware command."""
        return sha256(self.cose).digest()


def read_bundle(data: bytes) -> Bundle:
    """The parts of a bundle, nothing proven.  Raises MessageError: TOO_LARGE, BAD_BYTES (no bundle, or cut short)."""
    if len(data) > MAX_BUNDLE:
        raise MessageError(TOO_LARGE, "a bundle has at most %d bytes" % MAX_BUNDLE)
    if len(data) < HEAD or data[:4] != MAGIC:
        raise MessageError(BAD_BYTES, "no firmware bundle")
    sizes = [int.from_bytes(data[at : at + 4], "big") for at in (4, 8, 12)]
    if sizes[0] > MAX_MANIFEST or sizes[1] > MAX_PACK or sizes[2] > MAX_LOADER:
        raise MessageError(TOO_LARGE, "a part of the bundle is too large")
    if HEAD + sum(sizes) != len(data):
        raise MessageError(
            BAD_BYTES,
            "the bundle has %d bytes, not %d: cut short, or longer" % (len(data), HEAD + sum(sizes)),
        )
    loader_at = HEAD + sizes[0] + sizes[1]
    return Bundle(data[HEAD : HEAD + sizes[0]], data[HEAD + sizes[0] : loader_at], data[loader_at:])


def proven_bundle(data: bytes, verify: "Callable[[bytes, bytes, bytes], bool]") -> Bundle:
    """The parts of a bundle that the release key signed, each with the size and digest the manifest names.

    verify: as cose.verify1 takes it.  Raises MessageError for other bytes, SignatureError when anything was changed.
    """
    bundle = read_bundle(data)
    manifest = proven(bundle.cose, verify)
    if len(bundle.pack) != manifest.size or sha256(bundle.pack).digest() != manifest.digest:
        raise SignatureError(BAD_SIGNATURE, "the code is not the one that was signed")
    if sha256(bundle.loader).digest() != manifest.loader:
        raise SignatureError(BAD_SIGNATURE, "the loader is not the one that was signed")
    return bundle
