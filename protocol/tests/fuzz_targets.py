"""Every parser of the protocol: what it reads, what it may raise, and how it writes what it read."""

from protocol import bundle, cbor, commands, cose, frame, link_start, path_messages, service_enrol, tray_tag
from protocol.errors import LinkError, MessageError, SignatureError
from protocol.events import decode_heading
from protocol.link_start import VersionRefused
from protocol.load_plan import LoadPlan
from protocol.record import Record
from protocol.roll_manifest import RollManifest
from protocol.tests import samples, samples_enrol
from protocol.tests.fuzz import Target, always, reads
from protocol.tests.fuzz_link import LINK_TARGETS
from protocol.tests.mutator import in_bytes, in_cbor

SIGNATURE = bytes(range(64))
LOOSE = (
    "reset",
    "welcome",
)  # a newer minor version may add fields there: what is read need not be written alike


def samples_of(rule: str) -> list[bytes]:
    """The samples of a schema rule."""
    return [data for _, found, _, data in samples.every() if found == rule]


def signed(payloads: list[bytes]) -> list[bytes]:
    """COSE_Sign1 around each; who signed is not looked at here."""
    return [
        cose.sign1(payload, samples.DEVICE, cose.CONTEXT_EVENT, lambda _message: SIGNATURE)
        for payload in payloads
    ]


def _by_rule(rule: str) -> Target:
    write = None if rule in LOOSE else samples.encoders()[rule]
    errors = (MessageError, VersionRefused) if rule in LOOSE else MessageError
    parse = samples.decoders()[rule]
    return Target(rule, lambda: samples_of(rule), (in_bytes, in_cbor, in_cbor), reads(parse, errors, write))


def _part(kind: type[LoadPlan] | type[RollManifest], name: str, values: list[Record]) -> Target:
    """A map that stands inside another message."""
    return Target(
        name,
        lambda: [cbor.encode(value.to_map()) for value in values],
        (in_bytes, in_cbor, in_cbor),
        reads(
            lambda data: kind.from_map(cbor.decode(data)),
            MessageError,
            lambda value: cbor.encode(value.to_map()),
        ),
    )


def _verified(data: bytes) -> cose.Sign1:
    """Read only what carries the one signature that this verifier knows."""
    return cose.verify1(
        data, cose.CONTEXT_EVENT, lambda kid, _m, found: kid == samples.DEVICE and found == SIGNATURE
    )


def _sealed_again(parsed: cose.Sign1) -> bytes:
    return cose.sign1(parsed.payload, parsed.kid, cose.CONTEXT_EVENT, lambda _message: parsed.signature)


def _stream(data: bytes) -> list[bytes]:
    """The same bodies, however the line cuts the stream; never one that is too long."""
    at_once = frame.Decoder().feed(data)
    decoder = frame.Decoder()
    in_pieces = [body for at in range(0, len(data), 7) for body in decoder.feed(data[at : at + 7])]
    assert at_once == in_pieces and all(len(body) <= frame.MAX_BODY for body in at_once)
    if not at_once:
        raise LinkError(detail="no frame in it")
    return at_once


def _frames() -> list[bytes]:
    bodies = [data[: frame.MAX_BODY] for _, _, _, data in samples.every()]
    return [frame.encode(body) for body in bodies] + [b"".join(map(frame.encode, bodies[:4]))]


def _topics() -> list[bytes]:
    return [path_messages.topic("bygd", samples.HUB, leaf).encode() for leaf in path_messages.LEAVES]


def _text(data: bytes) -> str:
    """What MQTT gives as a topic is text already (MQTT 3.1.1, 1.5.3)."""
    return data.decode("utf-8", "replace")


def _topic_taken(data: bytes) -> bool:
    name = _text(data)
    try:
        tenant, hub_id, leaf = path_messages.parse_topic(name)
    except MessageError:
        return False
    assert path_messages.topic(tenant, hub_id, leaf) == name
    return True


def _map_of(heading: Record) -> bytes:
    return cbor.encode(heading.to_map())


def _tags() -> list[bytes]:
    return [
        tray_tag.TrayTag(
            7, samples.DEVICE, samples.PLAN, 21, samples.MORNING_S, samples.MORNING_S + 86400
        ).encode()
    ]


def _manifests() -> list[bytes]:
    return samples_of("firmware-manifest")


def protocol_targets() -> list[Target]:
    """All of them."""
    commands_of = samples_of("command")
    both = (in_bytes, in_cbor, in_cbor)
    return [
        *[_by_rule(rule) for rule in samples.decoders()],
        Target(
            "event heading", lambda: samples_of("event"), both, reads(decode_heading, MessageError, _map_of)
        ),
        Target(
            "command heading",
            lambda: commands_of,
            both,
            reads(commands.decode_command_heading, MessageError, _map_of),
        ),
        _part(
            LoadPlan,
            "load plan",
            [samples.PLAN_FULL, samples.PLAN_SMALL, samples.PLAN_ROLL, samples.PLAN_CARED_FOR],
        ),
        _part(RollManifest, "roll manifest", [samples.ROLL]),
        Target(
            "cbor",
            lambda: [d for _, _, _, d in samples.every()],
            both,
            reads(cbor.decode, MessageError, cbor.encode),
        ),
        Target(
            "cose",
            lambda: signed(samples_of("event")),
            both,
            reads(cose.parse_sign1, MessageError, _sealed_again),
        ),
        Target(
            "cose verified",
            lambda: signed(commands_of),
            both,
            reads(_verified, (MessageError, SignatureError), _sealed_again),
        ),
        Target(
            "link refusal", lambda: [link_start.refusal()], both, reads(link_start.read_refusal, MessageError)
        ),
        Target(
            "firmware bundle",
            lambda: [
                bundle.Bundle(manifest, b"code", b"loader").encode() for manifest in signed(_manifests())
            ],
            (in_bytes,),
            reads(bundle.read_bundle, MessageError, lambda found: found.encode()),
        ),
        Target(
            "enrolment certificate, signed",
            lambda: signed([samples_enrol.CERTIFICATE.encode()]),
            both,
            reads(
                lambda data: service_enrol.decode_certificate(cose.parse_sign1(data).payload), MessageError
            ),
        ),
        Target(
            "enrolment keys",
            lambda: [samples_enrol.POINT, samples_enrol.POINT + samples_enrol.CENTRE_POINT],
            (in_bytes,),
            reads(service_enrol.roots_of, MessageError),
        ),
        Target(
            "tray tag", _tags, (in_bytes,), reads(tray_tag.decode, MessageError, lambda tag: tag.encode())
        ),
        Target("topic", _topics, (in_bytes,), always(_topic_taken)),
        Target("frames", _frames, (in_bytes,), reads(_stream, LinkError), lines=(2_000, 60)),
        *LINK_TARGETS,
    ]
