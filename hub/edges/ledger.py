"""The one thread that touches the outbox.  Everything that waits goes into one transaction (group commit).

On a slow SD card one sync carries all that arrived meanwhile; measured in reference prototype: twice the events of a
commit per event at 5 ms per sync.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from hub.edges.outbox import Outbox

T = TypeVar("T")
# sqlite.org/rescode.html, with the low byte of its extended codes: the pages contradict each other, or are none.
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
Job = tuple[Callable[[Outbox], Any], "asyncio.Future[Any]"]


class OutboxWriteError(Exception):
    """The transaction was rolled back; nothing of it is kept.  The text says why."""


class Ledger:
    """Jobs in, results out after their transaction is durable."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._waiting: list[Job] = []
        self._wake = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "outbox")
        self.fault: str | None = None  # sentence while the last transaction failed

    async def run(self) -> None:
        """Work until cancelled.  Raises sqlite3.DatabaseError for a damaged file: the next start sets it aside."""
        loop = asyncio.get_running_loop()
        while True:
            await self._wake.wait()
            self._wake.clear()
            jobs, self._waiting = self._waiting, []
            try:
                results = await loop.run_in_executor(self._thread, self._transaction, jobs)
            except (sqlite3.Error, OSError) as fault:
                self.fault = (
                    f"The outbox cannot be written ({fault}): check the disk; devices keep their events."
                )
                self._settle(jobs, None, self.fault)
                if getattr(fault, "sqlite_errorcode", 0) in DAMAGED:
                    raise
            else:
                self._settle(jobs, results, None)

    def do(self, job: Callable[[Outbox], T]) -> "asyncio.Future[T]":
        """Run the job in the next transaction.  The future ends when it is durable, or with OutboxWriteError."""
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((job, done))
        self._wake.set()
        return done

    def close(self) -> None:
        """Wait for the running transaction and close the file.  Jobs still waiting are dropped, never acknowledged."""
        self._thread.shutdown(wait=True)
        self._outbox.close()

    def _transaction(self, jobs: list[Job]) -> list[Any]:
        """In the thread: all jobs, then one commit.  Any sqlite fault undoes all of them."""
        try:
            self._outbox.begin()
            results = [job(self._outbox) for job, _ in jobs]
            if self._outbox.commit():  # reading alone does not prove that the disk can be written again
                self.fault = None
        except BaseException:
            self._outbox.rollback()
            raise
        return results

    def _settle(self, jobs: list[Job], results: list[Any] | None, fault: str | None) -> None:
        for number, (_, done) in enumerate(jobs):
            if done.done():  # the one who asked is gone
                continue
            if results is None:
                done.set_exception(OutboxWriteError(fault))
            else:
                done.set_result(results[number])
