"""The names of MicroPython's asyncio that the firmware uses, on the virtual loop; `import asyncio` finds this."""

from firmware.simulation.loop import CancelledError as CancelledError
from firmware.simulation.loop import Queue


class TimeoutError(Exception):
    """wait_for_ms() has waited long enough."""


class Event:
    """As asyncio.Event."""

    def __init__(self):
        self.state = False
        self.waiting = []

    def is_set(self):
        return self.state

    def clear(self):
        self.state = False

    def set(self):
        self.state = True
        if self.waiting:
            waiting, self.waiting[:] = list(self.waiting), []
            for task in waiting:
                task.loop.wake(task)

    def wait(self):
        return _EventWait(self)


class _EventWait:
    __slots__ = ("event",)

    def __init__(self, event):
        self.event = event

    def __await__(self):
        if not self.event.state:
            yield Queue(self.event.waiting, None)
        return True


class ThreadSafeFlag(Event):
    """As asyncio.ThreadSafeFlag: one who waits takes the flag with him."""

    def wait(self):
        return _FlagWait(self)


class _FlagWait:
    __slots__ = ("flag",)

    def __init__(self, flag):
        self.flag = flag

    def __await__(self):
        if not self.flag.state:
            yield Queue(self.flag.waiting, None)
        self.flag.state = False


class sleep_ms:
    """Wait so many milliseconds."""

    __slots__ = ("queue", "ms")

    def __init__(self, ms):
        self.queue = None
        self.ms = ms

    def __await__(self):
        yield self


def sleep(seconds):
    """Wait so many seconds."""
    return sleep_ms(round(seconds * 1000))


async def wait_for_ms(awaitable, ms):
    """Wait for it, but not longer.  Raises TimeoutError."""
    if isinstance(awaitable, (_EventWait, _FlagWait)):
        event = awaitable.event if isinstance(awaitable, _EventWait) else awaitable.flag
        if not event.state and await Queue(event.waiting, ms):
            raise TimeoutError
        return await awaitable if event.state else True
    task = current().create_task(awaitable)
    if await Queue(task.followers, ms):
        task.cancel()
        raise TimeoutError
    return await task


async def gather(*awaitables):
    """Run them side by side; the first error ends all."""
    tasks = [current().create_task(awaitable) for awaitable in awaitables]
    return [await task for task in tasks]


_current = None


def current():
    """The loop of the device that has power now."""
    return _current


def use(loop):
    """From now on this one."""
    global _current
    _current = loop


def create_task(coroutine):
    """As asyncio.create_task."""
    return _current.create_task(coroutine)
