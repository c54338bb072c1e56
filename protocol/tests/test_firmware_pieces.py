"""A version on its way to a device: whatever is lost, repeated or strange, it arrives whole or ends in words."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import cbor, errors
from protocol.errors import MessageError
from protocol.firmware_pieces import MAX_IN_VAIN, FirmwarePieces
from protocol.service_messages import UPDATE_BEGIN, UPDATE_END, UPDATE_PIECE
from protocol.service_update import UpdateBegin, UpdatePiece, UpdateStands, UpdateWanted

MANIFEST = b"stands for a signed manifest"
PACKS = st.binary(min_size=1, max_size=400)


class Device:
    """A device that does as protocol/service_update.py says; flushed bytes survive what unflushed ones do not."""

    def __init__(self, size, flushed=b""):
        self.size = size
        self.flushed = flushed
        self.pack = flushed
        self.begun = False

    def answer(self, what, body):
        if what == UPDATE_BEGIN:
            asked = UpdateBegin.from_map(cbor.decode(body))
            if asked.check_only:
                return 0, cbor.encode(UpdateWanted(len(self.pack)).to_map())
            self.begun = True
        elif not self.begun:
            return errors.NOT_READY, None
        elif what == UPDATE_PIECE:
            piece = UpdatePiece.from_map(cbor.decode(body))
            if piece.offset == len(self.pack):
                self.pack += piece.data
        else:
            stands = UpdateStands(7, hashlib.sha256(self.pack).digest())
            return 0, cbor.encode(stands.to_map())
        return 0, cbor.encode(UpdateWanted(len(self.pack)).to_map())

    def flush(self):
        self.flushed = self.pack

    def cut_power(self):
        self.pack = self.flushed
        self.begun = False


@given(PACKS, st.integers(1, 50), st.lists(st.sampled_from(["answer", "question", "flush"]), max_size=60))
def test_lost_questions_and_answers_cost_nothing_but_time(pack, piece_bytes, losses):
    """However many questions and answers get lost, the device has the version in the end, byte for byte."""
    device, pieces = Device(len(pack)), FirmwarePieces(MANIFEST, pack, piece_bytes)
    while (question := pieces.ask()) is not None:
        loss = losses.pop(0) if losses else None
        if loss == "question":
            continue
        answer = device.answer(*question)
        if loss != "answer":
            pieces.take(*answer)
    assert device.pack == pack
    assert pieces.done == pieces.total == len(pack)
    assert pieces.stands.digest == hashlib.sha256(pack).digest()


@given(PACKS, st.integers(1, 50), st.lists(st.tuples(st.integers(0, 20), st.booleans()), max_size=6))
def test_a_second_run_goes_on_where_the_flash_stands(pack, piece_bytes, cuts):
    """Power fails again and again; each run goes on from what was flushed, and gives no byte twice that was."""
    device = Device(len(pack))
    for asked_before_cut, flushes in cuts:
        pieces = FirmwarePieces(MANIFEST, pack, piece_bytes)
        for _ in range(asked_before_cut):
            if (question := pieces.ask()) is not None:
                pieces.take(*device.answer(*question))
        if flushes:
            device.flush()
        device.cut_power()
    kept = len(device.flushed)
    pieces = FirmwarePieces(MANIFEST, pack, piece_bytes)
    while (question := pieces.ask()) is not None:
        if question[0] == UPDATE_PIECE:
            assert UpdatePiece.from_map(cbor.decode(question[1])).offset >= kept
        pieces.take(*device.answer(*question))
    assert device.pack == pack and pieces.kept == kept


@given(st.lists(st.integers(0, 300), min_size=200, max_size=200))
def test_a_device_that_keeps_nothing_is_given_up(offsets):
    """A device that wants this and that without end is given up after a bounded number of pieces, in words."""
    pieces, asked = FirmwarePieces(MANIFEST, bytes(300), 10), 0
    try:
        for offset in offsets:
            question = pieces.ask()
            if question is None or question[0] == UPDATE_END:
                break
            asked += question[0] == UPDATE_PIECE
            pieces.take(0, cbor.encode(UpdateWanted(offset).to_map()))
    except MessageError as error:
        assert "does not keep" in str(error)
    assert asked <= 30 * (MAX_IN_VAIN + 2)


def test_asking_whether_gives_the_device_nothing():
    """`check_only` is one question, and no piece follows it."""
    device, pieces = Device(300, b"x" * 40), FirmwarePieces(MANIFEST, bytes(300), check_only=True)
    question = pieces.ask()
    assert question is not None and question[0] == UPDATE_BEGIN
    pieces.take(*device.answer(*question))
    assert pieces.ask() is None and pieces.stands is None and pieces.kept == 40


@pytest.mark.parametrize(
    ("result", "body", "code"),
    [
        (errors.OLD_VERSION, None, errors.OLD_VERSION),
        (0, None, errors.BAD_BYTES),
        (0, cbor.encode({1: 301}), errors.OUT_OF_BOUNDS),
        (0, cbor.encode({2: 3}), errors.BAD_BYTES),
    ],
)
def test_a_refusal_or_a_strange_answer_ends_it_with_its_code(result, body, code):
    """What the device says no to is told by its own code, and what is no answer never passes for one."""
    pieces = FirmwarePieces(MANIFEST, bytes(300))
    with pytest.raises(MessageError) as told:
        pieces.take(result, body)
    assert told.value.code == code
