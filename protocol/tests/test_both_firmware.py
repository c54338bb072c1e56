"""What may be installed, read on both interpreters: the manifest, the bundle, and who refuses what."""

from hashlib import sha256

from protocol import bundle, cose, manifest
from protocol.errors import (
    BAD_BYTES,
    BAD_SIGNATURE,
    EXPIRED,
    OLD_VERSION,
    OUT_OF_BOUNDS,
    TOO_LARGE,
    UNKNOWN_KEY,
    WRONG_DEVICE,
    SignatureError,
)
from protocol.tests.makers import code_of
from protocol.tests.samples import DEVICE, MANIFEST, MANIFEST_RECALL, MORNING_S

PACK, LOADER = b"code" * 40, b"loader"


def signature_of(message):
    return sha256(message).digest() * 2  # stands for ES256: changes with every byte that is covered


def verify(kid, message, signature):
    if kid != DEVICE:
        raise SignatureError(UNKNOWN_KEY)
    return signature == signature_of(message)


def signed(pack=PACK, loader=LOADER, kid=DEVICE, context=manifest.CONTEXT_FIRMWARE):
    fields = manifest.Manifest(
        "0.2.0",
        7,
        "dosevakt",
        "tablet-pico",
        len(pack),
        sha256(pack).digest(),
        1,
        sha256(loader).digest(),
        False,
    )
    return cose.sign1(fields.encode(), kid, context, signature_of)


def test_a_signed_bundle_is_read_as_it_was_made():
    """Manifest, code and loader come out as they went in, and the manifest is short."""
    made = bundle.Bundle(signed(), PACK, LOADER)
    read = bundle.proven_bundle(made.encode(), verify)
    assert (read.cose, read.pack, read.loader) == (made.cose, PACK, LOADER)
    assert read.manifest.version == "0.2.0" and read.manifest.sequence == 7
    assert read.manifest_digest() == sha256(made.cose).digest()
    assert len(made.cose) < 300


def test_a_bundle_cut_or_grown_at_any_byte_is_refused():
    """A download that ended early, or has a byte too many, is never taken for a whole one."""
    whole = bundle.Bundle(signed(), PACK, LOADER).encode()
    for n in range(len(whole)):
        assert code_of(bundle.read_bundle, whole[:n]) == BAD_BYTES
    assert code_of(bundle.read_bundle, whole + b"\x00") == BAD_BYTES


def test_a_changed_byte_anywhere_is_noticed():
    """Whoever changes one byte of the file changes what was signed, its size or its digest."""
    whole = bytearray(bundle.Bundle(signed(), PACK, LOADER).encode())
    for at in range(0, len(whole), 3):
        whole[at] ^= 0x20
        assert code_of(bundle.proven_bundle, bytes(whole), verify) != 0, at
        whole[at] ^= 0x20


def test_only_the_release_key_and_only_a_firmware_manifest():
    """Another key's signature, or the same key's signature over another kind of thing, is refused."""
    stranger = bundle.Bundle(signed(kid=bytes(8)), PACK, LOADER).encode()
    assert code_of(bundle.proven_bundle, stranger, verify) == UNKNOWN_KEY
    command = bundle.Bundle(signed(context=cose.CONTEXT_COMMAND), PACK, LOADER).encode()
    assert code_of(bundle.proven_bundle, command, verify) == BAD_SIGNATURE
    swapped = bundle.Bundle(signed(), PACK[:-1] + b"!", LOADER).encode()
    assert code_of(bundle.proven_bundle, swapped, verify) == BAD_SIGNATURE
    swapped = bundle.Bundle(signed(), PACK, b"loadeR").encode()
    assert code_of(bundle.proven_bundle, swapped, verify) == BAD_SIGNATURE


def test_a_part_larger_than_its_bound_is_refused_before_it_is_read():
    """The sizes at the front are bounded: no memory for promises."""
    head = bundle.MAGIC + b"".join([n.to_bytes(4, "big") for n in (10, manifest.MAX_PACK + 1, 0)])
    assert code_of(bundle.read_bundle, head) == TOO_LARGE
    assert code_of(manifest.proven, bytes(manifest.MAX_MANIFEST + 1), verify) == OUT_OF_BOUNDS


def judged(fields=MANIFEST, device_class="tablet-pico", highest=7, loader=1, now_s=MORNING_S):
    return code_of(manifest.check_fits, fields, device_class, highest, loader, now_s)


def test_a_device_installs_only_what_is_for_it():
    """Another class of board, an older number, a loader too old: each is refused; the same number again is a repair."""
    assert judged() == 0
    assert judged(highest=6) == 0
    assert judged(device_class="multidose-pico") == WRONG_DEVICE
    assert judged(highest=8) == OLD_VERSION
    assert judged(loader=0) == OUT_OF_BOUNDS


def test_a_recall_goes_back_and_an_expiry_ends():
    """A manifest signed as a downgrade may replace a newer one, until its day; without a clock no day is judged."""
    recall = {"fields": MANIFEST_RECALL, "device_class": "multidose-pico", "loader": 65535}
    assert judged(highest=4000, **recall) == 0
    assert judged(now_s=MORNING_S + 1, **recall) == EXPIRED
    assert judged(now_s=None, **recall) == 0


def test_a_manifest_out_of_bounds_is_refused():
    """A version that could name another file, no bytes, too many bytes or half a digest: refused by the reader too."""
    for key, values in (
        (1, ("", "../0.2", "0.2 0", "x" * 33)),
        (2, (0, 1 << 32)),
        (5, (0, manifest.MAX_PACK + 1)),
        (6, (bytes(31), bytes(33))),
        (7, (-1, 65536)),
        (8, (bytes(16),)),
        (10, (0,)),
    ):
        for value in values:
            fields = MANIFEST.to_map()
            fields[key] = value
            assert code_of(manifest.Manifest.from_map, fields) == OUT_OF_BOUNDS, (key, value)
