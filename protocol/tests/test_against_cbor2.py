"""Our CBOR against cbor2, byte for byte, both ways.  cbor2 reads more than we allow; it never reads it differently."""

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import cbor
from protocol.errors import MessageError
from protocol.tests import samples

SCALARS = (
    st.integers(-(1 << 64), (1 << 64) - 1)
    | st.binary(max_size=300)
    | st.text(max_size=60)
    | st.booleans()
    | st.none()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.integers(0, (1 << 64) - 1), inner, max_size=5)
    ),
    max_leaves=12,
)


def depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max([depth(item) for item in inner], default=0)


@given(VALUES.filter(lambda value: depth(value) <= cbor.MAX_DEPTH))
def test_what_we_write_is_what_cbor2_writes(value):
    """Any value we can hold has the same bytes from cbor2, and each reads what the other wrote."""
    data = cbor.encode(value)
    assert data == cbor2.dumps(value, canonical=True)
    assert cbor2.loads(data) == value
    assert cbor.decode(data, len(data)) == value


@given(st.binary(max_size=40) | VALUES.map(lambda value: cbor2.dumps(value)))
def test_what_we_read_is_what_cbor2_reads(data):
    """Of any bytes: either we refuse them, or cbor2 reads the same value and writes the same bytes again."""
    try:
        value = cbor.decode(data)
    except MessageError:
        return
    assert cbor2.loads(data) == value
    assert cbor2.dumps(value, canonical=True) == data


@given(
    st.floats()
    | st.just(cbor2.undefined)
    | st.builds(cbor2.CBORTag, st.integers(4, 99), st.binary(max_size=3))
)
def test_what_we_do_not_allow_is_refused(value):
    """Floats, tags and simple values that cbor2 writes are refused."""
    with pytest.raises(MessageError):
        cbor.decode(cbor2.dumps(value))


@pytest.mark.parametrize("row", samples.every(), ids=lambda row: row[0])
def test_every_message_is_canonical_to_cbor2(row):
    """Hub and centre may read our messages with cbor2: read and written again, the bytes are the same."""
    assert cbor2.dumps(cbor2.loads(row[3]), canonical=True) == row[3]
