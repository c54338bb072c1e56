"""What is said in service mode: its bounds and its signature, on both interpreters."""

import gc

from protocol import dispenser_events, errors, service_commands, service_events, service_messages
from protocol.commands import late_body as late_order
from protocol.record import U16_MAX, U32_MAX
from protocol.service_hello import Hello, read_hello, sign_hello
from protocol.tests.samples_enrol import CENTRE_POINT, DEVICE, NONCE, POINT, SERIAL

DIGEST = bytes(32)


def code_of(call, *arguments):
    """As makers.code_of, which brings all samples: a board's memory does not hold them beside 6,000 bytes."""
    try:
        call(*arguments)
    except errors.MessageError as error:
        return error.code
    return 0


# A kind, arguments that it takes, and which of them (index) goes from where to where.
BOUNDS = (
    (service_events.ServiceStarted, (1,), ((0, 1, 3),)),
    (service_events.ServiceEnded, (1, 1), ((0, 1, 5), (1, 0, U16_MAX))),
    (service_events.ReplOpened, (1, 1), ((0, 1, U32_MAX), (1, 1, 30))),
    (service_events.UpdateStarted, (1, "1"), ((0, 1, U32_MAX),)),
    (service_events.UpdateConfirmed, (1, "1"), ((0, 1, U32_MAX),)),
    (service_events.UpdateReverted, (1, 1), ((0, 1, U32_MAX), (1, 1, 2))),
    (
        service_events.DeviceErased,
        (1, 0, 0, 0, 0, 0),
        ((0, 1, 2),) + tuple([(index, 0, U16_MAX) for index in range(1, 6)]),
    ),
    (service_commands.OpenRepl, (1,), ((0, 1, 30),)),
    (service_commands.InstallFirmware, (1, DIGEST), ((0, 1, U32_MAX),)),
)
LINK_BOUNDS = (
    (service_messages.ServiceAsk, (1, 1), ((0, 1, U16_MAX), (1, 1, len(service_messages.DESKS)))),
    (service_messages.ServiceAnswer, (1, 0), ((0, 1, U16_MAX), (1, 0, errors.LAST_REFUSAL))),
    (
        Hello,
        (NONCE, POINT, 1, "1", 0, "-", False, False, False, 0, 0),
        ((2, 1, 2), (4, 0, U32_MAX), (10, 0, 900)),
    ),
)


def test_each_number_has_its_bounds():
    """The first and the last allowed number are taken, one less and one more are refused, never bent."""
    for kind, arguments, fields in BOUNDS + LINK_BOUNDS:
        for index, low, high in fields:
            for value in (low, high, low - 1, high + 1):
                changed = arguments[:index] + (value,) + arguments[index + 1 :]
                expected = 0 if low <= value <= high else errors.OUT_OF_BOUNDS
                assert code_of(kind, *changed) == expected, (kind, index, value)


def test_a_body_is_no_longer_than_a_board_can_hold():
    """6,000 bytes are taken, one more and none at all are refused, in questions and answers."""
    gc.collect()
    for kind in service_messages.SERVICE_KINDS:
        assert code_of(kind, 1, 1, bytes(service_messages.MAX_BODY)) == 0
        for length in (0, service_messages.MAX_BODY + 1):
            assert code_of(kind, 1, 1, bytes(length)) == errors.OUT_OF_BOUNDS


def test_what_is_named_has_its_length():
    """A digest of 32 bytes, a certificate's number and a centre's name of 8: no other length is taken."""
    assert code_of(service_commands.InstallFirmware, 1, bytes(31)) == errors.OUT_OF_BOUNDS
    assert code_of(service_events.Enrolled, SERIAL, bytes(7)) == errors.OUT_OF_BOUNDS
    assert code_of(service_events.Enrolled, bytes(9), DEVICE) == errors.OUT_OF_BOUNDS


def test_what_service_reports_is_loaded_when_it_is_read():
    """A journal with events of service mode is read whole on the board too."""
    for kind in service_events.SERVICE_EVENTS:
        assert dispenser_events.late_body(kind.TYPE) is kind
    assert dispenser_events.late_body(45) is None
    for command in service_commands.SERVICE_COMMANDS:
        assert late_order(command.TYPE) is command
    assert (late_order(39), late_order(44)) == (None, None)


def hello(point=POINT, nonce=NONCE):
    return Hello(nonce, point, 1, "0.1.0", 0, "-", False, False, False, 1, 900)


def test_a_hello_is_believed_only_of_the_key_it_names_and_over_our_nonce():
    """A hello of another key, over another nonce, or with a signature that does not hold is refused."""
    signed = sign_hello(hello(), lambda message: bytes(64))
    heard = []

    def holds(point, message, signature):
        heard.append(point)
        return True

    assert read_hello(signed, NONCE, holds) == hello()
    assert heard == [POINT]
    assert code_of(read_hello, signed, bytes(16), holds) == errors.BAD_SIGNATURE
    assert code_of(read_hello, signed, NONCE, lambda *_: False) == errors.BAD_SIGNATURE
    named = sign_hello(hello(CENTRE_POINT), lambda message: bytes(64))
    swapped = named.replace(CENTRE_POINT, POINT)
    assert code_of(read_hello, swapped, NONCE, holds) == errors.BAD_SIGNATURE
    assert code_of(read_hello, b"", NONCE, holds) == errors.BAD_BYTES
