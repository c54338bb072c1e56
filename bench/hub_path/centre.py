"""What stands for the centre while our hub is measured: receipts, really signed, and nothing else."""

import time
from pathlib import Path

from bench.hub_path.journal import read_saved
from hub.edges.keys import EventKey
from protocol.cose import CONTEXT_RECEIPT, event_hash, sign1
from protocol.path_messages import CarriedReceipt, Events, decode_up, encode_path_message, topic
from protocol.receipts import Receipt


class Centre:
    """Signs a receipt for what it holds of one device without a gap.

    It recognises the events of the journal by their bytes and verifies nothing: what a centre costs is no part of this.
    """

    def __init__(self, hub_id: bytes, tenant: str, key: EventKey, journal: Path) -> None:
        self._hub_id = hub_id
        self._key = key
        self._down = topic(tenant, hub_id, "down")
        self._up = topic(tenant, hub_id, "up")
        self._device_id, coses = read_saved(journal)
        self._coses = coses
        self._place = {cose: at for at, cose in enumerate(coses)}
        self._have: set[int] = set()
        self._whole = 0  # events without a gap from the first

    def answer(self, name: str, payload: bytes) -> tuple[str, bytes] | None:
        """(topic, payload) of the receipt for a batch; None for anything else."""
        up = decode_up(payload) if name == self._up else None
        if not isinstance(up, Events):
            return None
        self._have.update(self._place[cose] for cose in up.coses if cose in self._place)
        while self._whole in self._have:
            self._whole += 1
        if not self._whole:
            return None
        row = (self._device_id, self._whole, event_hash(self._coses[self._whole - 1]))
        receipt = Receipt(self._hub_id, int(time.time()), [row]).encode()
        cose = sign1(receipt, self._key.hub_id, CONTEXT_RECEIPT, self._key.sign)
        return self._down, encode_path_message(CarriedReceipt(cose))
