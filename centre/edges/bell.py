"""Wakes everybody who waits for a change of the board.  May be rung from any thread."""

import asyncio


class Bell:
    """ring() sets every listener's event; a listener clears its own.  `loop` must be the running one."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._listeners: set[asyncio.Event] = set()

    def ring(self) -> None:
        """Something changed."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for listener in self._listeners:
            listener.set()

    def listen(self) -> asyncio.Event:
        """A new listener's event.  Give it back with forget()."""
        event = asyncio.Event()
        self._listeners.add(event)
        return event

    def forget(self, event: asyncio.Event) -> None:
        """The listener is gone."""
        self._listeners.discard(event)
