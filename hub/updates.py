"""New firmware at the hub: what the centre wants is fetched and kept ready, and given to who is in service mode.

The hub proves nothing to a dispenser: that wants the centre's signed order and the release key's signature.  All of it
runs beside the events, and what goes wrong here is told to the centre and tried again; it never ends the hub.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from structlog.typing import FilteringBoundLogger

from hub.carrying import Carrying
from hub.core.staged import retry_after_s
from hub.devices import Devices
from hub.edges.firmware_fetching import FirmwareFetching
from hub.edges.firmware_folder import FirmwareFolder
from protocol.bundle import Bundle
from protocol.errors import CLOCK_UNSET, NOT_NOW, WRONG_STATE, MessageError
from protocol.path_messages import MAX_LINKED
from protocol.path_updates import (
    CARRIED,
    NO_ROOM,
    NOT_STAGED,
    STAGED,
    DropUpdate,
    PrepareUpdate,
    UpdateState,
)
from protocol.service_messages import UNASKED, ServiceAnswer

_LATER = (NOT_NOW, WRONG_STATE, CLOCK_UNSET)  # refusals that only mean: not at this moment
_NOT_TRIED = 0


@dataclass
class _Wish:
    asked: PrepareUpdate
    state: int = _NOT_TRIED  # else of protocol.path_updates
    reason: int = 0
    failures: int = 0
    due_s: float = 0.0  # by the loop's clock

    @property
    def is_open(self) -> bool:
        return self.state in (_NOT_TRIED, NOT_STAGED)


class Updates:
    """run() until cancelled.  on_state: tell the centre."""

    def __init__(
        self,
        folder: FirmwareFolder,
        fetching: FirmwareFetching,
        devices: Devices,
        on_state: Callable[[UpdateState], None],
        log: FilteringBoundLogger,
    ) -> None:
        self._folder = folder
        self._fetching = fetching
        self._devices = devices
        self._on_state = on_state
        self._log = log
        self._wishes = {device_id: _Wish(asked) for device_id, asked in folder.wishes().items()}
        self._carrying: dict[bytes, tuple[Carrying, asyncio.Task[None]]] = {}
        self._serving: set[bytes] = set()  # who has said in its present session that it is in service mode
        self._wake = asyncio.Event()

    # ---- what others tell it

    def take(self, message: PrepareUpdate | DropUpdate) -> None:
        """The centre's word.  Asked again, it only answers again."""
        if isinstance(message, DropUpdate):
            self._drop(message.device_id)
            return
        known = self._wishes.get(message.device_id)
        if known is not None and known.asked == message:
            self._tell(known)
        elif known is None and len(self._wishes) >= MAX_LINKED:
            self._on_state(UpdateState(message.device_id, message.manifest_digest, NOT_STAGED, NO_ROOM))
        else:
            self._stop(message.device_id)
            self._wishes[message.device_id] = _Wish(message)
            self._keep()
            self._wake.set()

    def session_began(self, device_id: bytes) -> None:
        """With this device; it says by itself if it is in service mode."""
        self._serving.discard(device_id)
        self._stop(device_id)

    def answered(self, device_id: bytes, answer: ServiceAnswer) -> None:
        """A dispenser in service mode says that it is, or answers a question."""
        found = self._carrying.get(device_id)
        if answer.number == UNASKED:
            self._serving.add(device_id)
            self._begin(device_id)
        elif found is not None:
            found[0].take(answer)

    def _begin(self, device_id: bytes) -> None:
        wish = self._wishes.get(device_id)
        bundle = self._bundle(wish) if wish is not None and wish.state == STAGED else None
        if wish is None or bundle is None:
            return
        self._stop(device_id)
        carrying = Carrying(bundle, lambda message: self._devices.service(device_id, message))
        self._carrying[device_id] = carrying, asyncio.create_task(self._carry(wish, carrying))

    def report(self) -> list[dict[str, object]]:
        """For status: each wish, and how many bytes of it its dispenser has."""
        rows: list[dict[str, object]] = []
        for device_id, wish in sorted(self._wishes.items()):
            found = self._carrying.get(device_id)
            done, total = (found[0].done, found[0].total) if found else (0, 0)
            row = {"device_id": device_id.hex(), "target": wish.asked.target, "state": wish.state}
            rows.append({**row, "reason": wish.reason, "done": done, "total": total})
        return rows

    # ---- the work

    async def run(self) -> None:
        """Fetch what is wanted, one after the other; failures are tried again with growing pauses."""
        try:
            while True:
                self._wake.clear()
                now_s = asyncio.get_running_loop().time()
                due = (wish for wish in self._wishes.values() if wish.is_open and wish.due_s <= now_s)
                wish = next(due, None)
                await (self._rest() if wish is None else self._stage(wish))
        finally:
            for device_id in list(self._carrying):
                self._stop(device_id)

    async def _rest(self) -> None:
        waits = [wish.due_s for wish in self._wishes.values() if wish.is_open]
        timer = asyncio.get_running_loop().call_at(min(waits), self._wake.set) if waits else None
        await self._wake.wait()
        if timer is not None:
            timer.cancel()

    async def _stage(self, wish: _Wish) -> None:
        result = await self._fetching.fetch(wish.asked)
        wish.reason = result.reason
        if result.reason == 0:
            wish.state, wish.failures = STAGED, 0
            self._log.info("firmware lies ready", target=wish.asked.target)
            self._prune()
        else:
            wish.state, wish.failures = NOT_STAGED, wish.failures + 1
            wish.due_s = asyncio.get_running_loop().time() + retry_after_s(wish.failures)
            self._log.warning("firmware does not lie ready", target=wish.asked.target, why=result.sentence)
        if self._wishes.get(wish.asked.device_id) is wish:  # not dropped, nor replaced, meanwhile
            self._tell(wish)
            if wish.asked.device_id in self._serving:
                self._begin(wish.asked.device_id)

    async def _carry(self, wish: _Wish, carrying: Carrying) -> None:
        outcome = await carrying.run()
        if outcome is None or outcome.reason in _LATER:
            return
        wish.state, wish.reason = outcome.state, outcome.reason
        said = "firmware carried" if outcome.state == CARRIED else "firmware not taken"
        device = wish.asked.device_id.hex()
        self._log.info(said, device=device, bytes=carrying.done, reason=outcome.reason)
        self._tell(wish)

    # ---- small things

    def _bundle(self, wish: _Wish) -> Bundle | None:
        """What lies ready; if it does not fit any more it is fetched anew."""
        try:
            found = self._folder.bundle(wish.asked)
        except (OSError, MessageError) as error:
            self._log.error("firmware that lay ready is damaged", why=str(error))
            found = None
        if found is None:
            wish.state = _NOT_TRIED
            self._wake.set()
        return found

    def _drop(self, device_id: bytes) -> None:
        self._stop(device_id)
        if self._wishes.pop(device_id, None) is not None:
            self._keep()

    def _stop(self, device_id: bytes) -> None:
        found = self._carrying.pop(device_id, None)
        if found is not None:
            found[1].cancel()

    def _tell(self, wish: _Wish) -> None:
        asked = wish.asked
        if wish.state != _NOT_TRIED:
            self._on_state(UpdateState(asked.device_id, asked.manifest_digest, wish.state, wish.reason))

    def _prune(self) -> None:
        try:
            self._folder.prune(wish.asked.target for wish in self._wishes.values())
        except OSError as error:
            self._log.error("old firmware cannot be removed", why=str(error))

    def _keep(self) -> None:
        """A card that takes nothing costs only that the centre asks again."""
        try:
            self._folder.keep({device_id: wish.asked for device_id, wish in self._wishes.items()})
        except OSError as error:
            self._log.error("firmware wishes are not kept", why=str(error))
