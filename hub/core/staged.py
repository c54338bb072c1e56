"""What is to lie ready for which dispenser, and what the fetching process is told and tells.  Pure."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from protocol.errors import MessageError
from protocol.path_messages import MAX_LINKED
from protocol.path_updates import HUB_FAULT, NO_ANSWER, NO_ROOM, NOT_PROVEN, NOT_THERE, PrepareUpdate

REASONS = (NO_ANSWER, NOT_PROVEN, NOT_THERE, NO_ROOM, HUB_FAULT)


@dataclass(frozen=True)
class StagingJob:
    """For one run of the fetching process.  ca: "" for the machine's authorities.  manifest_digest: hex."""

    url: str
    root: str
    ca: str
    folder: str
    target: str
    manifest_digest: str

    def encode(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self))


def decode_job(line: str) -> StagingJob:
    """Raises ValueError, TypeError."""
    return StagingJob(**json.loads(line))


@dataclass(frozen=True)
class StagingResult:
    """reason: 0 when it lies ready, else of protocol.path_updates."""

    reason: int
    sentence: str = ""

    def encode(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self))


def decode_result(line: str) -> StagingResult:
    """What the process said; a fault of the hub when that is nothing sensible."""
    try:
        found = StagingResult(**json.loads(line))
    except (ValueError, TypeError):
        return StagingResult(HUB_FAULT, "The fetching process died without a word.")
    if found.reason not in (0, *REASONS) or not isinstance(found.sentence, str):
        return StagingResult(HUB_FAULT, "The fetching process spoke nonsense.")
    return found


def encode_wishes(wishes: Mapping[bytes, PrepareUpdate]) -> str:
    """For the disk: a hub that starts again still knows what it was asked to keep ready."""
    rows = [
        [wish.device_id.hex(), wish.target, wish.manifest_digest.hex()] for _, wish in sorted(wishes.items())
    ]
    return json.dumps(rows)


def decode_wishes(text: str) -> dict[bytes, PrepareUpdate]:
    """What encode_wishes wrote.  Anything else is forgotten: the centre asks again."""
    try:
        rows = [
            PrepareUpdate(bytes.fromhex(device), target, bytes.fromhex(digest))
            for device, target, digest in json.loads(text)
        ]
    except (ValueError, TypeError, MessageError):
        return {}
    return {wish.device_id: wish for wish in rows[:MAX_LINKED]}


def retry_after_s(failures: int) -> int:
    """Pause before a bundle is fetched again: 30 s, doubling, an hour at most.  failures: in a row, at least 1."""
    return int(min(3600, 30 * 2 ** min(failures - 1, 10)))
