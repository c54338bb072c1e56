"""Who may fill: a short list, each tag and PIN one person's, and nothing about whose."""

import pytest

from firmware.core.credentials import add, find_by_pin, find_by_tag, read_rows, revoke
from firmware.core.tests.bench import START_S
from protocol import cbor, errors
from protocol.errors import MessageError
from protocol.refill_commands import MAX_CREDENTIALS, AddCredential

TAG, PIN, OTHER = b"t" * 16, b"p" * 16, b"o" * 16


def who(number: int) -> bytes:
    return bytes([number] * 8)


def listed(*orders: AddCredential) -> list:
    """The list as it comes from flash."""
    rows: list = []
    for order in orders:
        rows = add(rows, order)
    return read_rows(cbor.encode(rows))


def refused(act, *arguments) -> int:
    with pytest.raises(MessageError) as caught:
        act(*arguments)
    return caught.value.code


def test_a_new_device_knows_nobody():
    """No list yet: no tag and no PIN opens it."""
    assert read_rows(None) == []
    assert find_by_tag([], TAG, START_S) is None


def test_a_tag_or_a_pin_leads_to_its_credential():
    """The row says which role it has, and what else is asked for."""
    rows = listed(
        AddCredential(who(1), 1, TAG),
        AddCredential(who(2), 2, None, PIN),
        AddCredential(who(3), 3, OTHER, OTHER),
    )
    assert find_by_tag(rows, TAG, START_S) == [who(1), 1, TAG, b"", 0]
    assert find_by_pin(rows, PIN, START_S) == [who(2), 2, b"", PIN, 0]
    assert (
        find_by_pin(rows, OTHER, START_S) == find_by_tag(rows, OTHER, START_S) == [who(3), 3, OTHER, OTHER, 0]
    )
    assert find_by_pin(rows, TAG, START_S) is None
    assert find_by_tag(rows, b"", START_S) is None  # a credential without a tag is not found by none


def test_a_tag_or_pin_belongs_to_one_credential():
    """Else nobody could say who filled; the same credential again replaces itself."""
    rows = listed(AddCredential(who(1), 1, TAG, PIN))
    assert refused(add, rows, AddCredential(who(2), 1, TAG)) == errors.PIN_IN_USE
    assert refused(add, rows, AddCredential(who(2), 1, None, PIN)) == errors.PIN_IN_USE
    assert add(rows, AddCredential(who(1), 2, None, PIN)) == [[who(1), 2, b"", PIN, 0]]


def test_the_list_has_eight_places():
    """The ninth is refused until one is revoked."""
    rows = listed(*[AddCredential(who(n), 1, bytes([n] * 16)) for n in range(MAX_CREDENTIALS)])
    assert refused(add, rows, AddCredential(who(99), 1, TAG)) == errors.NO_ROOM
    assert len(add(revoke(rows, who(3)), AddCredential(who(99), 1, TAG))) == 8
    assert len(add(rows, AddCredential(who(3), 2, TAG))) == 8


def test_a_revoked_credential_opens_nothing():
    """Once; a second time it is not known, unless a power cut came between deed and answer."""
    rows = listed(AddCredential(who(1), 1, TAG))
    assert find_by_tag(revoke(rows, who(1)), TAG, START_S) is None
    assert refused(revoke, [], who(1)) == errors.NO_SUCH_CREDENTIAL
    assert revoke([], who(1), True) == []


def test_a_credential_with_an_end_needs_a_clock():
    """Before its end it opens, from then on not; who does not know the time cannot say so."""
    rows = listed(AddCredential(who(1), 2, TAG, None, START_S))
    assert find_by_tag(rows, TAG, START_S - 1) is not None
    assert find_by_tag(rows, TAG, START_S) is None
    assert find_by_tag(rows, TAG, None) is None


@pytest.mark.parametrize("saved", [b"\x01", b"\x81\x01", b"\x81\x81\x01", b"\xff"])
def test_bytes_that_are_no_list_are_refused(saved):
    """Whoever reads them then lets nobody in."""
    assert refused(read_rows, saved) == errors.BAD_BYTES
