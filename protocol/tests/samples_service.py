"""One of each that is said in service mode and about it."""

from protocol import cbor
from protocol.commands import Command
from protocol.envelope import CLOCK_SYNCED, Event
from protocol.link_messages import encode_link_message
from protocol.service_commands import EraseDevice, InstallFirmware, OpenRepl, ServiceTests
from protocol.service_events import (
    BY_KNOCK,
    ENDED_LEFT,
    REVERTED_NOT_CONFIRMED,
    DeviceErased,
    Enrolled,
    ReplOpened,
    ServiceEnded,
    ServiceStarted,
    UpdateConfirmed,
    UpdateReverted,
    UpdateStarted,
)
from protocol.service_hello import Hello, HelloAsk
from protocol.service_messages import HELLO, LEAVE, ServiceAnswer, ServiceAsk
from protocol.tests.samples_enrol import DEVICE, NONCE, POINT, SERIAL

MORNING_S = 1795420800  # 2026-11-23 08:00 UTC
DIGEST = bytes(range(32))

EVENT_BODIES = (
    ServiceStarted(BY_KNOCK),
    ServiceEnded(ENDED_LEFT, 312),
    ReplOpened(14, 30),
    Enrolled(SERIAL, DEVICE),
    UpdateStarted(7, "0.2.0"),
    UpdateConfirmed(7, "0.2.0"),
    UpdateReverted(7, REVERTED_NOT_CONFIRMED),
    DeviceErased(2, 41, 3, 1, 88, 4),
)
COMMAND_BODIES = (OpenRepl(30), EraseDevice(), InstallFirmware(7, DIGEST), ServiceTests())
EVENTS = tuple(
    [
        Event(DEVICE, number + 70, bytes(range(16)), MORNING_S, CLOCK_SYNCED, 5, 61000, body)
        for number, body in enumerate(EVENT_BODIES)
    ]
)
COMMANDS = tuple(
    [Command(DEVICE, number + 30, MORNING_S + 900, body) for number, body in enumerate(COMMAND_BODIES)]
)
LINK_MESSAGES = (ServiceAsk(1, HELLO, b"\xa0"), ServiceAnswer(1, 0, b"\xa0"))
BARE_LINK_MESSAGES = (ServiceAsk(65535, LEAVE), ServiceAnswer(65535, 13))
ROWS = (
    ("service-hello-ask", "hello-ask", HelloAsk(NONCE)),
    ("service-hello", "hello", Hello(NONCE, POINT, 1, "0.2.0", 7, "b", True, True, True, 5, 840)),
)
DECODERS = {
    "hello-ask": lambda data: HelloAsk.from_map(cbor.decode(data)),
    "hello": lambda data: Hello.from_map(cbor.decode(data)),
}


def every():
    """(vector name, schema rule, message, bytes), as samples.every."""
    from protocol.tests.samples import named

    rows = [(name, rule, record, cbor.encode(record.to_map())) for name, rule, record in ROWS]
    rows += [(named("event", e.body), "event", e, e.encode()) for e in EVENTS]
    rows += [(named("command", c.body), "command", c, c.encode()) for c in COMMANDS]
    rows += [(named("message", m), "link-message", m, encode_link_message(m)) for m in LINK_MESSAGES]
    rows += [
        (named("message", m) + "-bare", "link-message", m, encode_link_message(m)) for m in BARE_LINK_MESSAGES
    ]
    return rows
