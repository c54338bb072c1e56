"""The golden vectors, read on both interpreters."""

from protocol import cose, frame
from protocol.events import decode_event
from protocol.tests import samples, vectors


def test_what_was_once_on_the_wire_stays_readable():
    """Every golden message reads as it did when it was written down, and is written as the same bytes again."""
    decoders, encoders = samples.decoders(), samples.encoders()
    names = vectors.names()
    assert len(names) > 40
    for name in names:
        vector = vectors.read(name)
        data = bytes.fromhex(vector["hex"])
        message = decoders[vector["rule"]](data)
        assert vectors.describe(message) == vector["fields"], name
        assert encoders[vector["rule"]](message) == data, name


def test_every_message_has_a_golden_vector():
    """A message without golden bytes could change unseen: each sample has a file."""
    names = vectors.names()
    for name, _, message, data in samples.every():
        assert name in names, name
        assert vectors.read(name)["hex"] == data.hex(), name
        assert message == samples.decoders()[vectors.read(name)["rule"]](data), name


def test_golden_frames():
    """A frame body makes the golden bytes, and these bytes, even one by one, make the body."""
    for vector in vectors.read("frames"):
        body, wire = bytes.fromhex(vector["body"]), bytes.fromhex(vector["wire"])
        assert frame.encode(body) == wire
        decoder = frame.Decoder()
        assert decoder.feed(wire) == [body]
        found = []
        for byte in wire:
            found += decoder.feed(bytes([byte]))
        assert found == [body] and decoder.bad == 0


def test_golden_signed_messages():
    """The signed bytes hold the golden parts, cover the golden bytes, and name the signer's key."""
    for name in ("signed-event", "signed-command", "signed-receipt"):
        vector = vectors.read(name)
        data = bytes.fromhex(vector["cose"])
        signed = cose.parse_sign1(data)
        context = vector["context"].encode()
        assert signed.kid == cose.device_id_of(bytes.fromhex(vector["public_point"])) == samples.DEVICE
        assert signed.payload.hex() == vector["payload"]
        assert signed.signature.hex() == vector["signature"]
        assert cose.to_be_signed(signed, context).hex() == vector["to_be_signed"]
        assert cose.event_hash(data).hex() == vector["event_hash"]
        signature = signed.signature
        assert cose.sign1(signed.payload, signed.kid, context, lambda message, s=signature: s) == data
    assert (
        decode_event(cose.parse_sign1(bytes.fromhex(vectors.read("signed-event")["cose"])).payload).seq == 1
    )
