"""What the centre reads of foreign bytes: hubs' messages, dispensers' events, what comes through its doors."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from centre.tests.fuzz_doors import door_targets
from centre.tests.fuzz_rooms import DEVICE, FuzzedHouse
from protocol import cbor, cose
from protocol.errors import MessageError
from protocol.events import decode_event
from protocol.path_messages import CarriedClockProof, Events, HubState, encode_path_message
from protocol.tests import samples
from protocol.tests.fuzz import Take, Target
from protocol.tests.fuzz_targets import samples_of
from protocol.tests.mutator import in_bytes, in_cbor

LEAVES = {0: ("up", "up-message"), 1: ("state", "hub-state")}
PAGES = (
    "/",
    "/devices",
    f"/devices/{DEVICE.id}",
    f"/api/devices/{DEVICE.id}/events",
    "/api/alarms?closed=true",
)
# A refill that was broken off, and neither touched nor untouched.
NO_ANSWER = (
    "a901485a7a78cca4a0f4200218210350000102030405060708090a0b0c0d0e0f041a6b03f29f05020604071a0036ee9f08181d09a40148c0c1"
    "c2c3c4c5c6c7020103020400"
)
MOST_PAYLOAD = 7_000  # what a link message can carry, signed
BOUNDS = (2_000_000, 5_000), (50_000_000, 5_000)  # whole transactions and pages: for what runs away only


@contextmanager
def _from_a_hub(folder: Path) -> Iterator[Take]:
    """A case is a leaf's number and a payload: what is no message is refused, and nothing ends the daemon."""
    house = FuzzedHouse(folder)

    def take(data: bytes) -> bool:
        leaf, rule = LEAVES[data[0] % 2 if data else 0]
        house.restore()
        house.say(leaf, data[1:])
        return _reads(samples.decoders()[rule], data[1:])

    try:
        yield take
    finally:
        house.close()


@contextmanager
def _from_a_device(folder: Path) -> Iterator[Take]:
    """A case is what an enrolled dispenser signs as its next event: it is taken in, and every page is still shown."""
    house = FuzzedHouse(folder)
    seq, head = house.device.seq, house.device.head

    def as_next(data: bytes) -> bytes:
        """The same event, with this dispenser's name and the place in the chain that comes next."""
        try:
            fields = cbor.decode(house.named(data))
        except MessageError:
            return data[:MOST_PAYLOAD]
        if isinstance(fields, dict) and {1, 2, 3} <= set(fields):
            data = cbor.encode({**fields, 1: DEVICE.raw_id, 2: seq + 1, 3: head})
        return data[:MOST_PAYLOAD]

    def take(data: bytes) -> bool:
        house.restore()
        payload = as_next(data)
        house.bring_one(house.device.key.seal(payload, cose.CONTEXT_EVENT))
        house.look(*PAGES)
        return _reads(decode_event, payload)

    try:
        yield take
    finally:
        house.close()


def _reads(parse, data: bytes) -> bool:
    try:
        parse(data)
    except MessageError:
        return False
    return True


def _up() -> list[bytes]:
    """A batch of two events, a clock proof, a hub's state."""
    device = DEVICE
    coses = [device.key.seal(payload, cose.CONTEXT_EVENT) for payload in samples_of("event")[3:5]]
    messages = [Events(coses), CarriedClockProof(device.raw_id, samples.NONCE)]
    state = HubState(True, 12, "0.1.0", [device.raw_id], samples.MORNING_S)
    return [b"\x00" + encode_path_message(message) for message in messages] + [b"\x01" + state.encode()]


def _in_payload(chance: Random, seeds: list[bytes]) -> bytes:
    data = chance.choice(seeds)
    return data[:1] + in_cbor(chance, [data[1:]])


def centre_targets() -> list[Target]:
    """All of them."""
    events = (in_cbor, in_cbor, in_bytes)
    return [
        Target("from a hub", _up, (in_bytes, _in_payload, _in_payload), _from_a_hub, *BOUNDS, cost=50),
        Target(
            "event, rightly signed",
            lambda: samples_of("event"),
            events,
            _from_a_device,
            *BOUNDS,
            seen=(NO_ANSWER,),
            cost=200,
        ),
        *door_targets(),
    ]
