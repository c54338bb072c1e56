"""Facts of a device, a computer and a hub with which all is well; tests spoil one thing at a time."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

from protocol.cose import device_id_of
from protocol.manifest import TABLET
from protocol.service_hello import Hello
from protocol.service_state import (
    PLAN_IN_FORCE,
    WORKS,
    EventsState,
    FirmwareState,
    FlashState,
    PlanState,
    PowerState,
    SelfTested,
    TimeState,
)
from tools.authority.keys import new_key, public_point
from tools.diagnose.facts import ChainFacts, DeviceFacts, Facts, HubFacts, MachineFacts
from tools.firmware.signing import signed_bundle

NOW_S = 1795435200  # 2026-11-23 12:00 UTC
DAY_S = 86400
RELEASE = new_key()
RELEASE_POINT = public_point(RELEASE)
DEVICE_POINT = public_point(new_key())
DEVICE_ID = device_id_of(DEVICE_POINT).hex()
PACK = b"all the code"
DIGEST = sha256(PACK).digest()


def signed(device_class: str = TABLET, key: Any = RELEASE) -> bytes:
    """manifest.cose."""
    return signed_bundle(key, device_class, "0.2.0", 7, (PACK, b"loader")).cose


def hello(**changes: Any) -> Hello:
    """What the device says first."""
    values = {
        "nonce": bytes(16),
        "public_point": DEVICE_POINT,
        "model": 1,
        "version": "0.2.0",
        "sequence": 7,
        "slot": "a",
        "trial": False,
        "owned": True,
        "locked": True,
        "boot": 12,
        "left_s": 600,
    }
    return Hello(**{**values, **changes})


DEVICE = DeviceFacts(
    hello=hello(),
    time=TimeState(NOW_S, 2, NOW_S, 61_000),
    own_utc_s=NOW_S + 1,
    power=PowerState(True, 4012, 873),
    flash=FlashState(352, 201, 4096, 61_440),
    events=EventsState(57, 61, 3, False, [], NOW_S - 60),
    plan=PlanState(PLAN_IN_FORCE, 27, NOW_S + 9 * DAY_S, True, False),
    chain=ChainFacts(5, 0, 0, None),
    firmware=FirmwareState("a", 7, 248_638, signed(), DIGEST, RELEASE_POINT),
    tests={part: SelfTested(part, WORKS, "") for part in range(1, 6)},
    heard=True,
)
STATUS = {
    "hub_id": "5d" * 8,
    "tenant": "vadso",
    "version": "0.1.0",
    "clock": {"utc_s": NOW_S, "trusted": True},
    "path": {"up": True, "sentence": "Connected.", "taken_over": False, "refused_from_centre": 0},
    "certificate_days_left": 300,
    "outbox": {"waiting": 0, "oldest_waits_s": None, "fault": None},
    "ports": [],
    "left_alone": [],
    "devices": [
        {
            "device_id": DEVICE_ID,
            "linked": True,
            "last_seq": 61,
            "receipted_seq": 61,
            "waiting": 0,
            "version": "0.2.0",
        }
    ],
}
MACHINE = MachineFacts(
    port="/dev/serial/by-id/usb-one-if00", rules="/etc/udev/rules.d/60-dosevakt.rules", ignored=True
)
HEALTHY = Facts(MACHINE, DEVICE, HubFacts(status=STATUS, under_voltage=False))


def with_machine(**changes: Any) -> Facts:
    return replace(HEALTHY, machine=replace(MACHINE, **changes))


def with_device(**changes: Any) -> Facts:
    return replace(HEALTHY, device=replace(DEVICE, **changes))


def with_status(**changes: Any) -> Facts:
    return replace(HEALTHY, hub=replace(HEALTHY.hub, status={**STATUS, **changes}))


def with_test(part: int, verdict: int, cause: str) -> Facts:
    return with_device(tests={**DEVICE.tests, part: SelfTested(part, verdict, cause)})
