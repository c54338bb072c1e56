"""The files a hub reads: settings, keys, certificates, its own record.  Each in turn is the case, the others are sound.

The sound ones are the same at every run, so that a seed asks the same questions: keys made from small numbers, RFC 6979
signatures.  Nobody trusts them.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from hub.config import ConfigRefusedError, place_problems, read_config
from hub.edges.credentials import read_credentials
from hub.edges.hub_record import HubRecord, HubRecordFile
from hub.edges.keys import EventKey
from hub.edges.log import start_log
from hub.start import count_session, count_start
from protocol.tests.fuzz import Take, Target
from protocol.tests.mutator import in_bytes, in_json

SETTINGS = """[hub]
tenant = "bygd"
event_key = "event.key"
state_dir = "state"
[[port]]
path = "ttyACM0"
baud = 115200
[broker]
host = "broker.example"
port = 8883
ca = "ca.pem"
certificate = "hub.pem"
key = "hub.key"
[centre]
public_key = "centre.pem"
[log]
level = "debug"
"""
FINDING = '[ports]\ndiscover = true\nmatch = ["usb-*"]\n'
SHOWN_TIME = "[demo_clock]\nstarted_unix_s = 1.5\nshows_utc_s = 7\nrate = 60\n"
NO_FILE_NAME = SETTINGS.replace('"event.key"', '"event\\u0000key"')
DEEP = "a = " + "[" * 3000
LONG_NUMBER = SETTINGS + "more = " + "9" * 5000
NEVER_WRITTEN = '{"boot": 7, "session": 9, "last_seq": 41, "head": "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0fq0"}'


def _key(number: int) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(number, ec.SECP256R1())


def _certificate(name: str, number: int) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder(subject, subject, _key(number).public_key(), number)
    builder = builder.not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
    builder = builder.not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
    return builder.sign(_key(5), SHA256(), ecdsa_deterministic=True).public_bytes(Encoding.PEM)


@cache
def sound_files() -> dict[str, bytes]:
    """Every file that SETTINGS names, and SETTINGS."""
    private = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return {
        "hub.toml": SETTINGS.encode(),
        "event.key": _key(2).private_bytes(*private),
        "hub.key": _key(3).private_bytes(*private),
        "hub.pem": _certificate(f"bygd/{EventKey(_key(2)).hub_id.hex()}", 3),
        "ca.pem": _certificate("ca", 5),
        "centre.pem": _key(4).public_key().public_bytes(*public),
    }


def _with_one_damaged(name: str):
    """What the hub says to its files is sentences, or nothing."""

    @contextmanager
    def opened(folder: Path) -> Iterator[Take]:
        for sound, data in sound_files().items():
            folder.joinpath(sound).write_bytes(data)
        damaged, main = folder / name, folder / "hub.toml"
        damaged.parent.mkdir(exist_ok=True)

        def take(data: bytes) -> bool:
            damaged.write_bytes(data)
            try:
                problems = place_problems(main, read_credentials(read_config(main))[1])
            except ConfigRefusedError as refused:
                problems = refused.problems
                assert problems
            assert all(problem.endswith(".") for problem in problems), problems
            return not problems

        yield take

    return opened


@contextmanager
def _starts(folder: Path) -> Iterator[Take]:
    """The hub starts and connects with whatever stands in hub.json: its numbers are numbers, its chain can go on."""
    path = folder / "hub.json"
    log = start_log("critical")

    def take(data: bytes) -> bool:
        path.write_bytes(data)
        file = HubRecordFile(path)
        try:
            file.read()
            sound = True
        except ValueError:
            sound = False
        assert 0 < count_start(file, 1_800_000_000, log) < 1 << 32
        assert 0 < count_session(file, 1_800_000_000) < 1 << 32
        record = file.read()
        assert len(bytes.fromhex(record.head)) == 16 and 0 <= record.last_seq < 1 << 32
        assert all(isinstance(kind, int) for kind in record.troubles)
        return sound

    yield take


def _records() -> list[bytes]:
    record = {**HubRecord(7, 1_800_000_123, 41, "0f" * 16).__dict__, "troubles": [2, 4]}
    return [json.dumps(record).encode(), b"{}"]


def _target(name: str, seeds: list[bytes], seen: tuple[str, ...] = ()) -> Target:
    opened = _with_one_damaged(name)
    # A setting's line is found by parsing the text again and again (config_files.py): so many lines for each byte.
    return Target(
        name,
        lambda: seeds,
        (in_bytes,),
        opened,
        (200_000, 2_000),
        (3_000_000, 1_000),
        tuple(text.encode().hex() for text in seen),
        cost=20,
    )


def file_targets() -> list[Target]:
    """All of them."""
    settings = [SETTINGS, SETTINGS + FINDING, SETTINGS.replace("bygd", "demo") + SHOWN_TIME]
    keys = ("event.key", "hub.pem", "hub.key", "centre.pem", "ca.pem")
    return [
        _target(
            "hub.toml",
            [settings[0].encode(), settings[1].encode()],
            (settings[2], NO_FILE_NAME, DEEP, LONG_NUMBER),
        ),
        _target("conf.d/9.toml", [b'[log]\nlevel = "info"\n', b"[hub]\noutbox_max_mb = 9\n"]),
        *[_target(name, [sound_files()[name]]) for name in keys],
        Target(
            "hub.json",
            _records,
            (in_bytes, in_json),
            _starts,
            (20_000, 60),
            (3_000_000, 1_000),
            (NEVER_WRITTEN.encode().hex(),),
            cost=40,
        ),
    ]
