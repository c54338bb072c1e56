"""A firmware bundle as the signed list describes it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Release:
    """What a campaign hands out.  target: its name in the repository.  manifest_digest: hex."""

    target: str
    version: str
    sequence: int
    device_class: str
    manifest_digest: str
