"""The one door to the outbox.  Everything that waits goes into one transaction (group commit).

On a fast disk a transaction runs at once, in the loop; on a slow one in a thread of its own, and one sync carries all
that arrived meanwhile (core/commit_place.py, decision 0029).  Never both at once.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from hub.core.commit_place import CommitPlace
from hub.edges.outbox import Outbox

T = TypeVar("T")
# What nobody waits for rides along with the next transaction, or makes one of its own after this: 50 events a second
# then cost one sync each instead of two.  A quarter of a second more in the outbox harms nothing.
LATER_S = 0.25
Job = tuple[Callable[[Outbox], Any], "asyncio.Future[Any]"]


class OutboxWriteError(Exception):
    """The transaction was rolled back; nothing of it is kept.  The text says why."""


class Ledger:
    """Jobs in, results out after their transaction is durable."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._waiting: list[Job] = []  # for the thread
        self._writes = False  # one of these will cost a sync
        self._riding: list[Job] = []  # for whatever transaction comes next
        self._ride_timer: asyncio.TimerHandle | None = None
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "outbox")
        self._thread_works = False
        self.place = CommitPlace()
        self._ruin: sqlite3.Error | OSError | None = None
        self.fault: str | None = None  # sentence while the last transaction failed

    @property
    def inline(self) -> bool:
        """Does the loop commit by itself now?  For status and tests."""
        return self.place.inline

    async def run(self) -> None:
        """Work until cancelled.  Raises sqlite3.DatabaseError for a damaged file: the next start sets it aside."""
        loop = asyncio.get_running_loop()
        while self._ruin is None:
            await self._wake.wait()
            self._wake.clear()
            jobs, self._waiting = self._waiting, []
            if not jobs:
                continue
            if self._writes:
                jobs += self._take_riding()
            self._writes = False
            if self.place.inline:  # found fast while these waited
                self._run_inline(jobs)
                continue
            self._thread_works = True  # and for ever, should we be cancelled meanwhile
            try:
                results = await loop.run_in_executor(self._thread, self._transaction, jobs)
            except (sqlite3.Error, OSError) as fault:
                self._failed(jobs, fault)
            else:
                self._settle(jobs, results)
            self._thread_works = False
        raise self._ruin

    def do(self, job: Callable[[Outbox], T]) -> "asyncio.Future[T]":
        """Run the job in the next transaction.  The future ends when it is durable, or with OutboxWriteError."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if self._free:
            self._run_inline([(job, done), *self._take_riding()])
        else:
            self._writes = True
            self._queue((job, done))
        return done

    def read(self, job: Callable[[Outbox], T]) -> "asyncio.Future[T]":
        """As do(), for a job that only reads: it takes nothing along and makes nothing durable."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if self._free:
            try:
                done.set_result(job(self._outbox))
            except (sqlite3.Error, OSError) as fault:
                self._failed([(job, done)], fault)
        else:
            self._queue((job, done))
        return done

    def later(self, job: Callable[[Outbox], T]) -> "asyncio.Future[T]":
        """As do(), for a job that nobody waits for: it rides along with the next, within LATER_S."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[T] = loop.create_future()
        self._riding.append((job, done))
        if self._ride_timer is None:
            self._ride_timer = loop.call_later(LATER_S, self._ride)
        return done

    def close(self) -> None:
        """Wait for the running transaction and close the file.  Jobs still waiting are dropped, never acknowledged."""
        self._take_riding()
        self._thread.shutdown(wait=True)
        self._outbox.close()

    # ---- inside

    @property
    def _free(self) -> bool:
        """The loop may touch the outbox now: the disk is fast, and neither thread nor queue has work before us."""
        return self.place.inline and not (self._thread_works or self._waiting or self._ruin)

    def _queue(self, *jobs: Job) -> None:
        self._waiting += jobs
        self._wake.set()

    def _ride(self) -> None:
        """Nothing came that the riding jobs could have gone with."""
        self._ride_timer = None
        jobs, self._riding = self._riding, []
        if self._free:
            self._run_inline(jobs)
        else:
            self._writes = True
            self._queue(*jobs)

    def _take_riding(self) -> list[Job]:
        if not self._riding:
            return []
        if self._ride_timer is not None:
            self._ride_timer.cancel()
            self._ride_timer = None
        jobs, self._riding = self._riding, []
        return jobs

    def _run_inline(self, jobs: list[Job]) -> None:
        try:
            results = self._transaction(jobs)
        except (sqlite3.Error, OSError) as fault:
            self._failed(jobs, fault)
        else:
            self._settle(jobs, results)

    def _transaction(self, jobs: list[Job]) -> list[Any]:
        """All jobs, then one commit.  Any fault undoes all of them; then each has its own transaction and its own end.

        A receipt that frees room, or an alarm, must not fall with what finds the outbox full.
        """
        try:
            return self._commit(jobs)
        except (sqlite3.Error, OSError) as fault:
            if len(jobs) == 1 or self._outbox.is_damage(fault):
                raise
        return [self._alone(job) for job in jobs]

    def _alone(self, job: Job) -> Any:
        """Its result, or its fault."""
        try:
            return self._commit([job])[0]
        except (sqlite3.Error, OSError) as fault:
            return fault

    def _commit(self, jobs: list[Job]) -> list[Any]:
        try:
            self._outbox.begin()
            results = [job(self._outbox) for job, _ in jobs]
            before_s = time.perf_counter()
            if self._outbox.commit():  # reading alone does not prove that the disk can be written again
                self.fault = None
                self.place.seen((time.perf_counter() - before_s) * 1000)
        except BaseException:
            self._outbox.rollback()
            raise
        return results

    def _settle(self, jobs: list[Job], results: list[Any]) -> None:
        for (job, done), result in zip(jobs, results, strict=True):
            if isinstance(result, (sqlite3.Error, OSError)):
                self._failed([(job, done)], result)
            elif not done.done():  # else the one who asked is gone
                done.set_result(result)

    def _failed(self, jobs: list[Job], fault: sqlite3.Error | OSError) -> None:
        self.fault = f"The outbox cannot be written ({fault}): check the disk; devices keep their events."
        for _, done in jobs:
            if not done.done():
                done.set_exception(OutboxWriteError(self.fault))
        if self._outbox.is_damage(fault):
            self._ruin = fault
            self._wake.set()
