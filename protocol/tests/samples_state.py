"""One of each that a device in service mode tells of itself."""

from protocol import cbor
from protocol.service_state import (
    CHAIN,
    FAULTY,
    MOTOR,
    NFC,
    PLAN_IN_FORCE,
    WORKS,
    ChainState,
    EventsState,
    FirmwareState,
    FlashState,
    PlanState,
    PowerState,
    SelfTest,
    SelfTested,
    StateAsk,
    TimeState,
)
from protocol.tests.samples_enrol import POINT

NOON_S = 1795435200  # 2026-11-23 12:00 UTC

ROWS = (
    ("state-ask", "state-ask", StateAsk(1)),
    ("state-ask-chain", "state-ask", StateAsk(CHAIN, 33)),
    ("state-time", "state-time", TimeState(NOON_S, 2, NOON_S + 1, 61000)),
    ("state-power", "state-power", PowerState(True, 4012, 873)),
    ("state-power-silent", "state-power", PowerState(False)),
    ("state-flash", "state-flash", FlashState(352, 201, 4096, 61440)),
    ("state-events", "state-events", EventsState(57, 61, 3, False, [[105, "clock not set"]], NOON_S - 60)),
    ("state-events-none", "state-events", EventsState(0, 0, 0, True, [])),
    ("state-plan", "state-plan", PlanState(PLAN_IN_FORCE, 27, NOON_S + 86400, True, False)),
    ("state-chain", "state-chain", ChainState(65, 30, 2, 1, 41)),
    ("state-chain-whole", "state-chain", ChainState(0, 4, 0, 0)),
    ("state-firmware", "state-firmware", FirmwareState("a", 7, 248638, b"manifest", bytes(range(32)), POINT)),
    ("state-firmware-none", "state-firmware", FirmwareState("-", 0, 0)),
    ("self-test", "self-test", SelfTest(MOTOR)),
    ("self-tested", "self-tested", SelfTested(MOTOR, FAULTY, "stall")),
    ("self-tested-well", "self-tested", SelfTested(NFC, WORKS, "")),
)
KINDS = {
    "state-ask": StateAsk,
    "state-time": TimeState,
    "state-power": PowerState,
    "state-flash": FlashState,
    "state-events": EventsState,
    "state-plan": PlanState,
    "state-chain": ChainState,
    "state-firmware": FirmwareState,
    "self-test": SelfTest,
    "self-tested": SelfTested,
}


def decoder(kind):
    """The function that reads such bytes."""
    return lambda data: kind.from_map(cbor.decode(data))


DECODERS = {rule: decoder(kind) for rule, kind in KINDS.items()}


def every():
    """(vector name, schema rule, record, bytes), as samples.every."""
    return [(name, rule, record, cbor.encode(record.to_map())) for name, rule, record in ROWS]
