"""All serial ports of the hub: the ones its settings name, and the ones that are found by their names.

Each port is a task of its own, and whatever happens to one, also a fault in our own program, stays there.
"""

import asyncio
from pathlib import Path

from hub.core import port_faults
from hub.core.port_finder import MAX_FOUND, PortFinder
from hub.edges.by_id import NameFolder
from hub.port_session import PortSession
from hub.settings import Settings
from hub.surroundings import Surroundings

# A technician who plugs a dispenser in looks at it for some seconds; a look at names that have not changed costs 10 us.
_LOOK_EVERY_S = 2.0
# After a fault of our own: the same bytes may come again at once, and each fault is a trace in the log.
AFTER_FAULT_S = 30.0


class Ports:
    """run() until cancelled.  `sessions`: fixed ports first, then found ones, also unplugged ones that were served."""

    def __init__(self, settings: Settings, around: Surroundings, rest_s: float = AFTER_FAULT_S) -> None:
        """rest_s: how long a port is left closed after a fault in its session."""
        self._around = around
        self._rest_s = rest_s
        self._folder: Path = settings.ports.by_id_dir
        self._baud = settings.ports.baud
        self._finder = PortFinder(settings.ports.match) if settings.ports.discover else None
        self._fixed = [PortSession(path, baud, around) for path, baud in settings.fixed_ports]
        self._names = NameFolder(self._folder, [session.path for session in self._fixed])
        self._found: dict[str, PortSession] = {}  # by name, the one that came last at the end
        self._running: dict[PortSession, asyncio.Task[None]] = {}
        self._resting: set[PortSession] = set()  # after a fault of our own
        self._folder_fault: str | None = None

    @property
    def sessions(self) -> list[PortSession]:
        return [*self._fixed, *self._found.values()]

    @property
    def left_alone(self) -> list[tuple[str, str]]:
        """(name, sentence) of ports that are there and not served."""
        told = self._finder.left_alone if self._finder else []
        return [(str(self._folder), self._folder_fault), *told] if self._folder_fault else told

    def is_tried(self, session: PortSession) -> bool:
        """False for a found port that was unplugged."""
        return session in self._running or session in self._resting

    async def run(self) -> None:
        """Serve, and look at the names every two seconds."""
        for session in self._fixed:
            self._start(session)
        try:
            while True:
                self._find()
                for session in list(self._running):
                    if not session.look():
                        await self._stop(session)
                        self._start(session)
                await asyncio.sleep(_LOOK_EVERY_S)
        finally:
            tasks = list(self._running.values())
            self._running.clear()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    # ---- found ports

    def _find(self) -> None:
        """Take up what was plugged in, let go what was pulled."""
        if self._finder is None:
            return
        try:
            names = self._names.read()
        except OSError as fault:
            self._folder_fault = (
                f"The names of ports cannot be read ({fault.strerror}): check ports.by_id_dir."
            )
            return
        self._folder_fault = None
        if names is None:
            return
        change = self._finder.seen(names)
        for name in change.gone:
            self._unplugged(self._found[name])
        for name in change.come:
            self._plugged(name)
        for sentence in change.news:
            self._around.log.warning("port left alone", why=sentence)

    def _plugged(self, name: str) -> None:
        session = self._found.pop(name, None) or PortSession(
            str(self._folder / name), self._baud, self._around
        )
        self._found[name] = session
        absent = [known for known, old in self._found.items() if old not in self._running and known != name]
        for known in absent[: max(0, len(self._found) - MAX_FOUND)]:  # status remembers so many, no more
            del self._found[known]
        self._start(session)

    def _unplugged(self, session: PortSession) -> None:
        self._resting.discard(session)
        if (task := self._running.pop(session, None)) is not None:
            task.cancel()
        session.stopped(port_faults.unplugged(session.path))

    # ---- tasks

    def _start(self, session: PortSession) -> None:
        self._resting.discard(session)
        task = asyncio.create_task(session.run())
        self._running[session] = task
        task.add_done_callback(lambda done: self._ended(session, done))

    async def _stop(self, session: PortSession) -> None:
        task = self._running.pop(session)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def _ended(self, session: PortSession, task: "asyncio.Task[None]") -> None:
        """A session runs until it is cancelled; one that ends by itself met a fault of ours."""
        if task.cancelled() or self._running.get(session) is not task:
            return
        del self._running[session]
        fault = task.exception()
        self._around.log.error("port session failed", port=session.path, exc_info=fault)
        session.stopped(port_faults.failed(session.path, type(fault).__name__))
        self._resting.add(session)
        asyncio.get_running_loop().call_later(self._rest_s, self._again, session)

    def _again(self, session: PortSession) -> None:
        if session in self._resting:
            self._start(session)
