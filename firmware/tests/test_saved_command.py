"""A command that is not done yet lies on flash, as one value, whatever its length."""

import pytest

from firmware.shell.command_taking import _head
from protocol import cbor


@pytest.mark.parametrize("length", [0, 1, 23, 24, 255, 256, 4316, 8192])
@pytest.mark.parametrize(("counter", "kind"), [(1, 16), (24, 27), (4_000_000_000, 25)])
def test_a_command_in_two_pieces_reads_as_one(length, counter, kind):
    """The next start finds counter, kind and command, as if it had been written at once."""
    payload = bytes(length)
    saved = _head(counter, kind, length) + payload
    assert cbor.decode(saved, len(saved)) == [counter, kind, payload]
