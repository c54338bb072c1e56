"""Strict CBOR on both interpreters."""

from protocol import cbor
from protocol.errors import TOO_LARGE, MessageError

# RFC 8949 appendix A, the part we allow.
PAIRS = (
    (0, "00"),
    (23, "17"),
    (24, "1818"),
    (100, "1864"),
    (255, "18ff"),
    (256, "190100"),
    (1000, "1903e8"),
    (65535, "19ffff"),
    (65536, "1a00010000"),
    (1000000, "1a000f4240"),
    (4294967295, "1affffffff"),
    (4294967296, "1b0000000100000000"),
    (1000000000000, "1b000000e8d4a51000"),
    (18446744073709551615, "1bffffffffffffffff"),
    (-1, "20"),
    (-10, "29"),
    (-100, "3863"),
    (-1000, "3903e7"),
    (-18446744073709551616, "3bffffffffffffffff"),
    (False, "f4"),
    (True, "f5"),
    (None, "f6"),
    (b"", "40"),
    (b"\x01\x02\x03\x04", "4401020304"),
    ("", "60"),
    ("IETF", "6449455446"),
    ("\u00fc", "62c3bc"),
    ("\u6c34", "63e6b0b4"),
    ("\U00010151", "64f0908591"),
    ([], "80"),
    ([1, 2, 3], "83010203"),
    ([1, [2, 3], [4, 5]], "8301820203820405"),
    ({}, "a0"),
    ({1: 2, 3: 4}, "a201020304"),
    ({24: 0, 1: 1, 256: 2}, "a30101181800190100" + "02"),
)

REFUSED = (
    ("", "nothing at all"),
    ("0000", "bytes after the value"),
    ("1800", "0 written in two bytes"),
    ("1817", "23 written in two bytes"),
    ("1900ff", "255 written in three bytes"),
    ("1a0000ffff", "65535 written in five bytes"),
    ("1b00000000ffffffff", "4294967295 written in nine bytes"),
    ("5803010203", "a length in two bytes"),
    ("1c", "reserved"),
    ("1f", "reserved"),
    ("5f42010243030405ff", "an indefinite byte string"),
    ("7f657374726561646d696e67ff", "indefinite text"),
    ("9fff", "an indefinite array"),
    ("bfff", "an indefinite map"),
    ("a2010101 02", "a key twice"),
    ("a202000100", "keys out of order"),
    ("a12000", "a negative key"),
    ("a1617800", "a text key"),
    ("a1f400", "a key that is no number"),
    ("a101", "a key without a value"),
    ("f90000", "a half float"),
    ("fa47c35000", "a float"),
    ("fb3ff199999999999a", "a double"),
    ("f7", "undefined"),
    ("f0", "a simple value"),
    ("f818", "a simple value in two bytes"),
    ("f814", "false in two bytes"),
    ("c001", "a tag"),
    ("d28440a04040", "COSE's tag"),
    ("ff", "a break"),
    ("41", "a byte string cut short"),
    ("62c3", "text cut short"),
    ("81", "an array cut short"),
    ("5bffffffffffffffff00", "a byte string longer than the world"),
    ("9b7fffffffffffffff00", "an array longer than the world"),
    ("bbffffffffffffffff00", "a map longer than the world"),
    ("9affffffff00", "an array of 4 billion"),
    ("61ff", "text that is no UTF-8"),
    ("62c080", "an overlong zero"),
    ("62c1bf", "an overlong letter"),
    ("63e08080", "an overlong form of three bytes"),
    ("64f0808080", "an overlong form of four bytes"),
    ("63eda080", "half a surrogate pair"),
    ("64f4908080", "beyond Unicode"),
    ("64f5808080", "beyond Unicode"),
    ("61c3", "a letter cut short"),
    ("6180", "a letter without its start"),
    ("62c328", "a letter with a wrong end"),
    ("81" * 9 + "00", "nested too deep"),
    ("a100" * 9 + "00", "nested too deep"),
)


def refused(data, limit=8192):
    try:
        cbor.decode(data, limit)
    except MessageError as error:
        return error.code
    return 0


def test_a_value_has_one_encoding():
    """The examples of RFC 8949 come out as printed there, and read back as the same value."""
    for value, wire in PAIRS:
        assert cbor.encode(value).hex() == wire
        back = cbor.decode(bytes.fromhex(wire))
        assert back == value and type(back) is type(value)


def test_every_other_spelling_is_refused():
    """A byte sequence that is not the one encoding of a value is refused, whatever it might mean."""
    for wire, why in REFUSED:
        assert refused(bytes.fromhex(wire.replace(" ", ""))), why


def test_nesting_has_a_floor():
    """Eight arrays inside each other are read and written, nine are not: no message can use up the stack."""
    value = 0
    for _ in range(8):
        value = [value]
    assert cbor.decode(cbor.encode(value)) == value
    try:
        cbor.encode([value])
    except MessageError:
        return
    raise AssertionError("nine were written")


def test_a_large_message_is_refused_by_its_size():
    """A message over the limit is refused before it is read."""
    assert refused(cbor.encode(bytes(8189)), 8192) == 0
    assert refused(cbor.encode(bytes(8190)), 8192) == TOO_LARGE
    assert refused(bytes(101), 100) == TOO_LARGE


def test_what_cbor_may_not_hold_is_not_written():
    """A float, a huge integer, half a surrogate, or a key that is no number is our own mistake, and is refused."""
    for value in (
        1.5,
        1 << 64,
        -(1 << 64) - 1,
        {"a": 1},
        {-1: 1},
        {None: 1},
        object(),
        [1.0],
        {1: bytearray(1)},
    ):
        try:
            cbor.encode(value)
        except MessageError:
            continue
        raise AssertionError(repr(value))
