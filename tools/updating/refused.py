"""Why a device does not take a version, in words for a technician, and what to do."""

from protocol import errors
from protocol.manifest import Manifest
from tools.exit_codes import INCOMPATIBLE, NOT_VERIFIED, REFUSED
from tools.refusal import Refusal

_AGAIN = "Run the same command again"
# Refusal code -> exit code, sentence.
_WORDS = {
    errors.UNKNOWN_KEY: (
        INCOMPATIBLE,
        "The bundle is signed by a key that this device does not believe. Fetch it from who releases its firmware.",
    ),
    errors.BAD_SIGNATURE: (INCOMPATIBLE, "The bundle's signature does not hold. Fetch the bundle again."),
    errors.BAD_BYTES: (
        NOT_VERIFIED,
        f"The flash did not give back what was written. {_AGAIN}; if it says so twice, exchange the board.",
    ),
    errors.WRONG_DEVICE: (INCOMPATIBLE, "The bundle is not for this board. Take the one of its own board."),
    errors.OLD_VERSION: (
        INCOMPATIBLE,
        "The device has had a newer version, and takes no older one. Take a newer bundle, or one signed as a recall.",
    ),
    errors.OUT_OF_BOUNDS: (
        INCOMPATIBLE,
        "The version needs a newer loader than the device has. Bring it to the workshop: dosevakt flash",
    ),
    errors.EXPIRED: (
        INCOMPATIBLE,
        "The bundle was to be installed before a date that has passed. Fetch a newer one.",
    ),
    errors.WRONG_STATE: (
        REFUSED,
        "Not now: an alarm stands, a filling is not finished, or the version it runs is still on trial. "
        f"See to that first: dosevakt diagnose. {_AGAIN} afterwards.",
    ),
    errors.NOT_NOW: (
        REFUSED,
        f"Not now: a dose is less than half an hour away, or may be had. {_AGAIN} after it.",
    ),
    errors.CLOCK_UNSET: (
        REFUSED,
        f"Not now: the device has a plan and does not know the time. Connect it to its hub. {_AGAIN} afterwards.",
    ),
    errors.NO_ROOM: (
        REFUSED,
        "The device's flash is full: its journal waits for receipts of the centre. Connect it to its hub for an hour. "
        f"{_AGAIN} afterwards.",
    ),
    errors.NOT_READY: (
        REFUSED,
        f"The device has started anew in the middle. {_AGAIN}; it goes on where it was.",
    ),
    errors.OUT_OF_ORDER: (REFUSED, f"The device misses a part of it. {_AGAIN}; it goes on where it was."),
}


def refusal(code: int, manifest: Manifest) -> Refusal:
    """The Refusal for a device's refusal code."""
    exit_code, sentence = _WORDS.get(code, (REFUSED, f"The device says no (code {code}). {_AGAIN}."))
    return Refusal(exit_code, f"{manifest.version} was not installed. {sentence}")
