"""What MicroPython's asyncio gives the firmware, in virtual time: when nobody can run, time jumps to the next wake-up.

Tasks run one at a time, first come first served among those that are due, as in MicroPython's own scheduler
(extmod/asyncio/core.py and event.py).  The firmware never sees that its seconds take microseconds.
"""

from collections import deque
from heapq import heappop, heappush
from math import inf

# Waits after which a task only looks round.  Everything else that it waits for it has computed.
# The doses' own is 10 s; 7 ms more here, so that it is never taken for a wait that was computed (device.Rooms).
LOOK_ROUND_MS = 10_007
POLLS = {
    "App._watch": (1000,),
    "Face.run": (100, 5000),
    "Dispensing.run": (100, LOOK_ROUND_MS),
    "Courier.run": (10_000,),
    "Refilling.run": (1000, 40),
}
LATE_MS = 5000  # later than any signature or flash erase makes a task


class CancelledError(BaseException):
    """Somebody cancelled the task."""


class Task:
    """A coroutine on its way."""

    __slots__ = ("coroutine", "polls", "ticket", "waiting", "done", "error", "value", "followers", "loop")

    def __init__(self, loop, coroutine):
        self.loop = loop
        self.coroutine = coroutine
        self.polls = POLLS.get(getattr(coroutine, "__qualname__", ""), ())
        self.ticket = 0  # a wake-up with an older ticket is void
        self.waiting = None  # the list it is queued in
        self.done = False
        self.error = None
        self.value = None
        self.followers = []

    def cancel(self):
        """Raise CancelledError in it, at its turn."""
        if self.done:
            return False
        self.loop.wake(self, error=CancelledError())
        return True

    def __await__(self):
        if not self.done:
            yield Queue(self.followers, None)
        if self.error is not None:
            raise self.error
        return self.value


class Queue:
    """Wait until somebody empties this list, or until so many milliseconds are over."""

    __slots__ = ("queue", "ms")

    def __init__(self, queue, ms):
        self.queue = queue
        self.ms = ms

    def __await__(self):
        return (yield self)


class Loop:
    """Runs the tasks of one start of one device.  `world`: its now_ms is the time, and next_act_ms() / act() are what
    happens outside; its skip_to(ms) may say that nobody will miss the time until later."""

    def __init__(self, world):
        self._world = world
        self._ready = deque()
        self._timers = []
        self._exact = []  # those of the timers that are no mere look round
        self._count = 0
        self._alive = set()

    def create_task(self, coroutine):
        task = Task(self, coroutine)
        self._alive.add(task)
        self._ready.append((task, 0, None, None))
        return task

    def wake(self, task, value=None, error=None):
        """This task's turn comes."""
        if task.waiting is not None and task in task.waiting:
            task.waiting.remove(task)
        task.waiting = None
        task.ticket += 1
        self._ready.append((task, task.ticket, value, error))

    def run(self, main):
        """Until the main coroutine ends; returns what it returns.  An error of any task ends the run: in the
        firmware only the main task's children may fail, and gather() would raise it there."""
        task = self.create_task(main)
        world, ready, timers = self._world, self._ready, self._timers
        while not task.done:
            while ready:
                self._step(*ready.popleft())
            if task.done:
                break
            while timers and timers[0][3] != timers[0][2].ticket:
                heappop(timers)
            act_ms = world.next_act_ms()
            at_ms = min(self._next_ms(), act_ms)
            if act_ms <= at_ms and not (timers and timers[0][0] < act_ms):
                world.act()
                continue
            world.now_ms = max(world.now_ms, at_ms)  # after a jump all look round before anything happens
            self._wake_due()
        if task.error is not None:
            raise task.error
        return task.value

    def _next_ms(self):
        """When something is to be done next, here or outside."""
        if not self._timers:
            return self._world.next_act_ms()
        due_ms = self._timers[0][0]
        return due_ms if due_ms <= self._world.now_ms else self._world.skip_to(due_ms, self._next_exact_ms())

    def _next_exact_ms(self):
        exact = self._exact
        while exact and exact[0][3] != exact[0][2].ticket:
            heappop(exact)
        return exact[0][0] if exact else inf

    def _wake_due(self):
        """Those whose time has come.  After a jump the one that looks most often comes last: it is the watch, which
        asks whether the others are alive."""
        now_ms, timers, due = self._world.now_ms, self._timers, []
        jumped = timers and timers[0][0] < now_ms - LATE_MS
        while timers and timers[0][0] <= now_ms:
            _, _, task, ticket = heappop(timers)
            if ticket == task.ticket:
                due.append(task)
        for task in reversed(due) if jumped else due:
            self.wake(task, value=True)

    def _step(self, task, ticket, value, error):
        if task.done or ticket != task.ticket:
            return
        try:
            request = task.coroutine.throw(error) if error is not None else task.coroutine.send(value)
        except StopIteration as end:
            self._end(task, end.value, None)
        except CancelledError as cancelled:
            self._end(task, None, cancelled)
        except Exception as failure:
            if not task.followers:
                raise
            self._end(task, None, failure)
        else:
            self._rest(task, request.queue, request.ms)

    def close(self):
        """The power is gone: no task goes on.  Whatever it would still do, it does now, and nobody hears of it."""
        for task in list(self._alive):
            try:
                task.coroutine.close()
            except BaseException:  # a write to a flash without power
                continue
        self._alive.clear()

    def _end(self, task, value, error):
        self._alive.discard(task)
        task.done, task.value, task.error = True, value, error
        for follower in list(task.followers):
            self.wake(follower)

    def _rest(self, task, queue, ms):
        task.ticket += 1
        task.waiting = queue
        if queue is not None:
            queue.append(task)
        if ms is not None:
            self._count += 1
            timer = (self._world.now_ms + max(0, ms), self._count, task, task.ticket)
            heappush(self._timers, timer)
            if ms not in task.polls:
                heappush(self._exact, timer)
