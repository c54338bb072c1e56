"""Damaged bytes at what the board reads beside the protocol."""

import pytest

from firmware.shell.receipt_work import MOST_BYTES, covered
from firmware.tests.fuzz_targets import firmware_targets
from protocol.cose import CONTEXT_RECEIPT, sign1
from protocol.receipts import MAX_DEVICES, Receipt
from protocol.tests import samples
from protocol.tests.fuzz import fuzz

CASES = 3_000
SEED = 5


@pytest.mark.parametrize("target", firmware_targets(), ids=lambda target: target.name)
def test_whatever_the_board_reads_is_taken_or_refused(target, tmp_path, record_property):
    """A damaged command, tag, label or record is read or refused, in bounded work; nothing else comes out."""
    tally = fuzz(target, CASES // target.cost, SEED, tmp_path)
    record_property("count", "damaged messages at " + tally.sentence())
    assert tally.findings == []
    assert tally.read >= len(target.seeds()), "not even the sound messages are read"


class NoKeys:
    """A keystore that must not be asked."""

    device_id = samples.DEVICE

    def verify(self, *_):
        raise AssertionError("asked to verify")


def test_a_receipt_larger_than_any_true_one_is_none():
    """A hub that makes up a receipt of 7 KB costs the board no memory; the largest true one is read."""
    rows = [(bytes([n]) * 8, 0xFFFFFFFF, samples.HEAD) for n in range(MAX_DEVICES)]
    largest = Receipt(samples.HUB, 0xFFFFFFFF, rows).encode()
    assert len(sign1(largest, samples.HUB, CONTEXT_RECEIPT, lambda _message: bytes(64))) <= MOST_BYTES
    made_up = sign1(largest * 3, samples.HUB, CONTEXT_RECEIPT, lambda _message: bytes(64))
    assert covered(made_up, NoKeys()) is None
