"""Requests and certificates, on both interpreters."""

from protocol import errors
from protocol.cose import device_id_of
from protocol.service_enrol import Certificate, EnrolAnswer, EnrolAsk, EnrolmentRequest, roots_of
from protocol.tests import samples_enrol
from protocol.tests.makers import code_of
from protocol.tests.samples_enrol import CENTRE_POINT, DEVICE, ISSUED_S, NONCE, POINT, SERIAL
from protocol.verification_word import proquint, word_of

CERTIFICATE = (SERIAL, DEVICE, POINT, 1, "vadso", CENTRE_POINT, ISSUED_S, ISSUED_S + 1)


def changed(index, value):
    return CERTIFICATE[:index] + (value,) + CERTIFICATE[index + 1 :]


def test_what_an_owner_is_made_of_is_read_as_it_was_written():
    """Request, certificate and answer come back as they went out, and a certificate fits into one message."""
    for _, rule, message, data in samples_enrol.every():
        assert samples_enrol.DECODERS[rule](data) == message
        assert len(data) < 400


def test_a_certificate_is_refused_not_mended():
    """A wrong length, a model that is none, an end before its beginning, an id that is not the key's: refused."""
    assert code_of(Certificate, *CERTIFICATE) == 0
    for index, value, code in (
        (0, SERIAL[1:], errors.OUT_OF_BOUNDS),
        (1, SERIAL, errors.WRONG_DEVICE),
        (2, POINT[1:], errors.OUT_OF_BOUNDS),
        (2, CENTRE_POINT, errors.WRONG_DEVICE),
        (3, 0, errors.OUT_OF_BOUNDS),
        (3, 3, errors.OUT_OF_BOUNDS),
        (4, "v" * 33, errors.OUT_OF_BOUNDS),
        (4, b"vadso", errors.BAD_BYTES),
        (5, CENTRE_POINT + b"0", errors.OUT_OF_BOUNDS),
        (6, 0, errors.OUT_OF_BOUNDS),
        (7, ISSUED_S, errors.OUT_OF_BOUNDS),
        (7, 1 << 32, errors.OUT_OF_BOUNDS),
    ):
        assert code_of(Certificate, *changed(index, value)) == code, (index, value)


def test_a_request_says_who_it_belongs_to_or_nothing():
    """Owner and serial number may be absent; a nonce of another length, or an owner of another, is refused."""
    assert EnrolmentRequest(POINT, 1, "1", NONCE).to_map() == {1: POINT, 2: 1, 3: "1", 4: NONCE}
    for values in (
        (POINT, 1, "1", NONCE[1:]),
        (POINT, 1, "v" * 33, NONCE),
        (POINT, 0, "1", NONCE),
        (POINT, 1, "1", NONCE, NONCE),
        (POINT, 1, "1", NONCE, DEVICE, NONCE),
    ):
        assert code_of(EnrolmentRequest, *values) == errors.OUT_OF_BOUNDS, values
    assert code_of(EnrolAsk, SERIAL) == errors.OUT_OF_BOUNDS
    assert code_of(EnrolAnswer, SERIAL, 1) == errors.BAD_BYTES


def test_the_keys_a_device_was_flashed_with():
    """One to four whole points are read, each under its key's name; anything else is no list of keys."""
    assert roots_of(POINT) == {device_id_of(POINT): POINT}
    assert set(roots_of(POINT + CENTRE_POINT)) == {device_id_of(POINT), device_id_of(CENTRE_POINT)}
    for wrong in (b"", POINT[:-1], POINT + b"\x04", POINT * 5, b"\x05" + POINT[1:]):
        assert code_of(roots_of, wrong) in (errors.OUT_OF_BOUNDS, errors.BAD_BYTES), wrong


def test_a_word_that_can_be_said_aloud():
    """The word of a key is ten letters, another one for another key, by the published list of letters."""
    # Of "A Proposal for Proquints": 127.0.0.1 is lusab-babad, 63.84.220.193 is gutih-tugad.
    assert proquint(b"\x7f\x00") + "-" + proquint(b"\x00\x01") == "lusab-babad"
    assert proquint(b"\x3f\x54") + "-" + proquint(b"\xdc\xc1") == "gutih-tugad"
    assert word_of(POINT) != word_of(CENTRE_POINT)
    assert len(word_of(POINT)) == 11
    assert code_of(word_of, POINT[1:]) == errors.OUT_OF_BOUNDS
