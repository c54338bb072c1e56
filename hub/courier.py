"""What comes down from the centre: receipts and commands, and what firmware to keep ready.

Only receipts, signed commands and the bytes of signed firmware are ever passed on to a device.
"""

import asyncio
from collections.abc import Callable

from structlog.typing import FilteringBoundLogger

from hub.core.arrival import Receipted
from hub.devices import Devices
from hub.edges.keys import CentreKey
from hub.edges.ledger import Ledger, OutboxWriteError
from protocol.cose import CONTEXT_RECEIPT, verify1
from protocol.errors import MessageError
from protocol.path_messages import CarriedCommand, CarriedReceipt, decode_down
from protocol.path_updates import DropUpdate, PrepareUpdate
from protocol.receipts import decode_receipt


class Courier:
    """Takes MQTT payloads from the loop; receipts are applied in the ledger's order."""

    def __init__(
        self, hub_id: bytes, centre: CentreKey, ledger: Ledger, devices: Devices, log: FilteringBoundLogger
    ) -> None:
        self._hub_id = hub_id
        self._centre = centre
        self._ledger = ledger
        self._devices = devices
        self._log = log
        self.on_receipt: Callable[[], None] = lambda: None  # the centre lives
        self.on_update: Callable[[PrepareUpdate | DropUpdate], None] = lambda _: None
        self.on_hole: Callable[[int], None] = lambda _: None  # the centre lacks this row of the outbox
        self.refused = 0  # messages from above that were not taken; for status

    def take(self, payload: bytes) -> None:
        """One message from the centre.  What is not sound is counted, logged and dropped."""
        try:
            message = decode_down(payload)
            if isinstance(message, CarriedReceipt):
                self._receipt(message.cose)
            elif isinstance(message, PrepareUpdate | DropUpdate):
                self.on_update(message)
            elif isinstance(message, CarriedCommand) and self._devices.command(
                message.device_id, message.cose
            ):
                self._log.info("command", device=message.device_id.hex(), bytes=len(message.cose))
        except MessageError as fault:
            self.refused += 1
            self._log.error("message from the centre refused", why=str(fault))

    def _receipt(self, cose: bytes) -> None:
        """Only the centre's signature, over this hub's name, deletes anything."""
        signed = verify1(cose, CONTEXT_RECEIPT, self._centre.verify)
        receipt = decode_receipt(signed.payload)
        if receipt.hub_id != self._hub_id:
            raise MessageError(detail="the receipt is for hub " + receipt.hub_id.hex())
        self.on_receipt()
        job = self._ledger.later(lambda outbox: outbox.apply_receipt(receipt.rows, cose, self._hub_id))
        job.add_done_callback(lambda done: self._applied(done, cose))

    def _applied(self, done: "asyncio.Future[Receipted]", cose: bytes) -> None:
        if done.cancelled():
            return
        fault = done.exception()
        if isinstance(fault, OutboxWriteError):  # the events go up again, and the centre signs again
            self._log.error("outbox", why=str(fault))
            return
        did = done.result()
        self._log.debug("receipt", deleted=did.deleted, devices=len(did.moved))
        if did.holes:
            self.on_hole(min(did.holes))
        for device_id in did.moved:
            self._devices.receipt(device_id, cose)
        for device_id in did.differing:
            self._log.error(
                "receipt for another event than we hold", device=device_id.hex(), why="nothing was deleted"
            )
        for device_id in did.missing:
            why = (
                "The outbox holds less than it was given: the dispenser is asked to send from the receipt on."
            )
            self._log.error("outbox lost events", device=device_id.hex(), why=why)
