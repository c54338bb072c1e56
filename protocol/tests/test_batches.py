"""Batches between hub and centre: larger than a board's memory, so on CPython only."""

import pytest

from protocol import errors, path_messages


def code_of(call, *arguments):
    with pytest.raises(errors.MessageError) as caught:
        call(*arguments)
    return caught.value.code


def test_a_batch_has_a_largest_size():
    """At most 256 events and 64 KiB go up in one payload."""
    assert code_of(path_messages.Events, [b"x"] * 257) == errors.OUT_OF_BOUNDS
    large = path_messages.Events([bytes(8000)] * 9)
    assert code_of(path_messages.encode_path_message, large) == errors.TOO_LARGE
    data = path_messages.encode_path_message(path_messages.Events([bytes(8000)] * 8))
    assert len(path_messages.decode_up(data).coses) == 8
    assert code_of(path_messages.decode_up, bytes(65537)) == errors.TOO_LARGE
