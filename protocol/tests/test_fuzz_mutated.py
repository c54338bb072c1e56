"""Sound messages, damaged on purpose, at every parser of the protocol."""

from random import Random

import pytest

from protocol import cbor, frame
from protocol.tests import samples
from protocol.tests.fuzz import Target, fuzz, reads
from protocol.tests.fuzz_targets import protocol_targets
from protocol.tests.mutator import in_bytes, in_cbor, in_frames

CASES = 3_000  # 0.2 s a parser; the long form: python -m tools.setup.fuzz
SEED = 5


@pytest.mark.parametrize("target", protocol_targets(), ids=lambda target: target.name)
def test_whatever_comes_is_read_or_refused(target, tmp_path, record_property):
    """A damaged message is read or refused, in bounded work and memory; what is read is written as the same bytes."""
    tally = fuzz(target, CASES // target.cost, SEED, tmp_path)
    record_property("count", "damaged messages at " + tally.sentence())
    assert tally.findings == []
    assert tally.read >= len(target.seeds()), "not even the sound messages are read"


def too_long(data):
    """Too many lines for each byte."""
    for _ in data * 100:
        pass


def broken(fault):
    """A parser of events that has one fault."""

    def parse(data):
        if len(data) > 120:
            fault(data)
        return cbor.decode(data)

    seeds = [cbor.encode({1: bytes(100)})]
    return Target("broken", lambda: seeds, (in_bytes,), reads(parse, cbor.MessageError, cbor.encode))


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (lambda data: data[len(data)], "IndexError"),
        (too_long, "lines"),
        (lambda data: bytes(20_000_000), "bytes held"),
    ],
    ids=["an error of its own", "too much work", "too much memory"],
)
def test_a_parser_with_a_fault_is_found_out(fault, told, tmp_path):
    """The check itself is checked: a parser that fails, works too long or hoards is named, with the bytes as hex."""
    found = fuzz(broken(fault), 1_000, SEED, tmp_path).findings
    assert found and told in found[0]
    bytes.fromhex(found[0].rsplit(maxsplit=1)[1])


def test_the_same_seed_asks_the_same_questions():
    """What was found once is found again."""
    seeds = [data for _, _, _, data in samples.every()]
    streams = [b"".join(frame.encode(data) for data in seeds if len(data) <= frame.MAX_BODY)]
    for mutate, of in ((in_bytes, seeds), (in_cbor, seeds), (in_frames, streams)):
        first, second, other = (
            [mutate(chance, of) for _ in range(50)] for chance in (Random(1), Random(1), Random(2))
        )
        assert first == second != other
