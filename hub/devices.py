"""Which dispensers are linked and what waits for each.  Shared by ports, uplink and status."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from hub.core.mailbox import PATH, RECEIPT, SERVICE, Mailbox
from protocol.link_messages import Identity, LinkCommand, LinkReceipt, PathState, encode_link_message

# Twice what one hub can link: a command for a device that just moved here may come before the device does.
MAX_MAILBOXES = 128
# What waits for devices that are not here; the centre sends commands again until they are answered.
MAX_ABSENT_BYTES = 1 << 20

# A dispenser needs receipts only to make room in its journal, and the newest covers all before: while events stream,
# one a second costs the line and both ends nothing, one for each would cost as much as the events.
RECEIPT_EVERY_S = 1.0


class Port(Protocol):
    """What a port session offers to the others."""

    def wake(self) -> None:
        """There is something to deliver."""

    def moved(self, device_id: bytes) -> None:
        """The device has linked at another port."""


@dataclass
class _Device:
    mailbox: Mailbox = field(default_factory=Mailbox)
    port: Port | None = None
    identity: Identity | None = None
    receipt: bytes | None = None  # the newest, held back until it is its time
    receipt_at_s: float = float("-inf")  # when one was handed over last, by the loop's clock


class Devices:
    """One entry per device heard of since the start."""

    def __init__(
        self, on_linked_changed: Callable[[], None], receipt_every_s: float = RECEIPT_EVERY_S
    ) -> None:
        self._on_linked_changed = on_linked_changed
        self.on_session: Callable[[bytes], None] = lambda _: None  # one with this device begins
        self._receipt_every_s = receipt_every_s
        self._devices: dict[bytes, _Device] = {}
        self._path_up = False

    def linked(self) -> list[bytes]:
        """Ids of the devices whose link is up."""
        return [device_id for device_id, device in self._devices.items() if device.port is not None]

    def link_up(self, device_id: bytes, port: Port, receipt: bytes | None) -> Mailbox:
        """A session with the device stands: it gets the state of the path and its newest receipt."""
        device = self._entry(device_id)
        before, device.port = device.port, port
        if before is not None and before is not port:
            before.moved(device_id)
        device.mailbox.new_session()
        self._put_path(device)
        if receipt is not None:
            device.mailbox.put_newest(RECEIPT, encode_link_message(LinkReceipt(receipt)))
        if before is not port:
            self._on_linked_changed()
        self.on_session(device_id)
        return device.mailbox

    def link_down(self, device_id: bytes, port: Port) -> None:
        """The session ended, unless the device is on another port by now."""
        device = self._devices.get(device_id)
        if device is not None and device.port is port:
            device.port = None
            self._on_linked_changed()

    def identified(self, device_id: bytes, identity: Identity) -> None:
        """The device said who it is; for status."""
        self._entry(device_id).identity = identity

    def identity(self, device_id: bytes) -> Identity | None:
        device = self._devices.get(device_id)
        return device.identity if device else None

    def command(self, device_id: bytes, cose: bytes) -> bool:
        """Put a signed command into the device's box.  False: it is there already, or there is no room."""
        device = self._entry(device_id)
        put = device.mailbox.put_command(encode_link_message(LinkCommand(cose)))
        while self.absent_bytes > MAX_ABSENT_BYTES:
            self._forget_oldest()
        self._wake(device)
        return put

    def service(self, device_id: bytes, message: bytes) -> None:
        """The newest question to a device in service mode, encoded; dropped without a session: it is asked again."""
        device = self._devices.get(device_id)
        if device is not None and device.port is not None:
            device.mailbox.put_newest(SERVICE, message)
            self._wake(device)

    def _entry(self, device_id: bytes) -> _Device:
        """The device's entry; a new one may take the place of the oldest that is not linked."""
        device = self._devices.get(device_id)
        if device is None:
            if len(self._devices) >= MAX_MAILBOXES:
                self._forget_oldest()
            device = self._devices[device_id] = _Device()
        return device

    def _forget_oldest(self) -> None:
        """Of those that are not linked; there is one, for one hub has fewer ports than there are entries."""
        del self._devices[next(known for known, device in self._devices.items() if device.port is None)]

    @property
    def absent_bytes(self) -> int:
        """Memory that commands for devices which are not linked take."""
        return sum(device.mailbox.command_bytes for device in self._devices.values() if device.port is None)

    def receipt(self, device_id: bytes, cose: bytes) -> None:
        """Forward the newest receipt, if the device is linked; otherwise it comes from the outbox when it is."""
        device = self._devices.get(device_id)
        if device is None or device.port is None:
            return
        is_held, device.receipt = device.receipt is not None, cose
        if not is_held:
            loop = asyncio.get_running_loop()
            wait_s = device.receipt_at_s + self._receipt_every_s - loop.time()
            if wait_s > 0:
                loop.call_later(wait_s, self._hand_receipt, device)
            else:
                self._hand_receipt(device)

    def _hand_receipt(self, device: _Device) -> None:
        cose, device.receipt = device.receipt, None
        device.receipt_at_s = asyncio.get_running_loop().time()
        if cose is not None:
            device.mailbox.put_newest(RECEIPT, encode_link_message(LinkReceipt(cose)))
            self._wake(device)

    def path(self, up: bool) -> None:
        """The way to the centre opened or closed: every linked device is told."""
        self._path_up = up
        for device in self._devices.values():
            if device.port is not None:
                self._put_path(device)
                self._wake(device)

    def _put_path(self, device: _Device) -> None:
        device.mailbox.put_newest(PATH, encode_link_message(PathState(self._path_up)))

    def _wake(self, device: _Device) -> None:
        if device.port is not None:
            device.port.wake()
