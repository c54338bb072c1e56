"""What the centre allows a technician or a hub, once, on one device.  Signed and counted as all commands (commands.py).

A device does them in service mode only; InstallFirmware brings it there.
"""

from protocol.record import U32_MAX, Message, exactly, within
from protocol.service_events import MAX_REPL_MIN

DIGEST_BYTES = 32  # SHA-256


class OpenRepl(Message):
    """Open the console at the next start, for so many minutes."""

    TYPE = 40
    FIELDS = ((1, "minutes"),)

    def __init__(self, minutes: int) -> None:
        self.minutes = within(minutes, 1, MAX_REPL_MIN, "minutes")


class EraseDevice(Message):
    """The desk RETURN may forget owner, plan and keys."""

    TYPE = 41


class InstallFirmware(Message):
    """Take this firmware and no other; from the hub it also brings the device into service mode."""

    TYPE = 42
    FIELDS = ((1, "sequence"), (2, "manifest_digest"))

    def __init__(self, sequence: int, manifest_digest: bytes) -> None:
        self.sequence = within(sequence, 1, U32_MAX, "sequence")
        # SHA-256 of manifest.cose.
        self.manifest_digest = exactly(manifest_digest, DIGEST_BYTES, "manifest_digest")


class ServiceTests(Message):
    """The self-tests may move the mechanism although medicine lies in it; somebody is there."""

    TYPE = 43


FIRST_OF_SERVICE = 40
SERVICE_COMMANDS = (OpenRepl, EraseDevice, InstallFirmware, ServiceTests)
