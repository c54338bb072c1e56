"""Who a device in service mode is, and which firmware it runs: signed by the device over the asker's own nonce."""

from protocol import cbor
from protocol.cose import POINT_BYTES, device_id_of, parse_sign1, sign1, verify1
from protocol.device_events import MODEL_MULTIDOSE, MODEL_TABLET
from protocol.errors import BAD_SIGNATURE, OUT_OF_BOUNDS, MessageError, SignatureError
from protocol.record import U32_MAX, Record, exactly, flag, text, within

TYPE_CHECKING = False  # a type checker reads this as True; the board has no typing module
if TYPE_CHECKING:
    from collections.abc import Callable

CONTEXT_HELLO = b"dosevakt-hello-1"
ASKER_NONCE_BYTES = 16
MAX_MINUTES = 15
SLOTS = ("a", "b", "-")  # the last: a device without a loader


class HelloAsk(Record):
    """Body of the question HELLO."""

    FIELDS = ((1, "nonce"),)

    def __init__(self, nonce: bytes) -> None:
        self.nonce = exactly(nonce, ASKER_NONCE_BYTES, "nonce")  # random, used once


class Hello(Record):
    """Payload of the answer's COSE_Sign1 (CONTEXT_HELLO)."""

    FIELDS = (
        (1, "nonce"),
        (2, "public_point"),
        (3, "model"),
        (4, "version"),
        (5, "sequence"),
        (6, "slot"),
        (7, "trial"),
        (8, "owned"),
        (9, "locked"),
        (10, "boot"),
        (11, "left_s"),
    )

    def __init__(
        self,
        nonce: bytes,
        public_point: bytes,
        model: int,
        version: str,
        sequence: int,
        slot: str,
        trial: bool,
        owned: bool,
        locked: bool,
        boot: int,
        left_s: int,
    ) -> None:
        self.nonce = exactly(nonce, ASKER_NONCE_BYTES, "nonce")
        self.public_point = exactly(public_point, POINT_BYTES, "public_point")
        self.model = within(model, MODEL_TABLET, MODEL_MULTIDOSE, "model")
        self.version = text(version, 32, "version")
        # Of the firmware that runs; 0: not installed by us.
        self.sequence = within(sequence, 0, U32_MAX, "sequence")
        self.slot = text(slot, 1, "slot")  # one of SLOTS
        if slot not in SLOTS:
            raise MessageError(OUT_OF_BOUNDS, "no such slot")
        self.trial = flag(trial, "trial")  # a new firmware that is not confirmed yet
        self.owned = flag(owned, "owned")  # it has a centre
        self.locked = flag(locked, "locked")  # its console takes no orders
        self.boot = within(boot, 0, U32_MAX, "boot")  # starts so far
        # Service mode ends by itself after so long.
        self.left_s = within(left_s, 0, 60 * MAX_MINUTES, "left_s")


def sign_hello(hello: Hello, sign: "Callable[[bytes], bytes]") -> bytes:
    """The answer's body.  sign: by the device's key."""
    return sign1(cbor.encode(hello.to_map()), device_id_of(hello.public_point), CONTEXT_HELLO, sign)


def read_hello(data: bytes, nonce: bytes, verify: "Callable[[bytes, bytes, bytes], bool]") -> Hello:
    """The Hello of an answer's body.  verify: (point, message, signature).

    Raises MessageError; SignatureError when it is not signed by the key it names, or over another nonce.
    """
    hello = Hello.from_map(cbor.decode(parse_sign1(data).payload))

    def by_itself(kid: bytes, message: bytes, signature: bytes) -> bool:
        return device_id_of(hello.public_point) == kid and verify(hello.public_point, message, signature)

    verify1(data, CONTEXT_HELLO, by_itself)
    if hello.nonce != nonce:
        raise SignatureError(BAD_SIGNATURE, "an answer to another question")
    return hello
