"""`dosevakt-hub status`: the running hub answers on a Unix socket in its state folder.  No file is written for it."""

import asyncio
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAME = "status.sock"
_ASK_LIMIT_S = 5.0


class StatusServer:
    """Answers every connection with one JSON object and closes it."""

    def __init__(self, state_dir: Path, report: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        self._path = state_dir / NAME
        self._report = report
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; a socket left by a killed hub is replaced (hub.lock proves that no other hub runs)."""
        self._path.unlink(missing_ok=True)
        with _short(self._path) as path:
            self._server = await asyncio.start_unix_server(self._answer, path)
        self._path.chmod(0o660)

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)

    async def _answer(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(json.dumps(await self._report()).encode())
            await writer.drain()
        except ConnectionError:  # the asker left
            pass
        finally:
            writer.close()


def ask(state_dir: Path) -> dict[str, Any]:
    """The running hub's status.  Raises OSError when no hub answers."""
    with socket.socket(socket.AF_UNIX) as connection, _short(state_dir / NAME) as path:
        connection.settimeout(_ASK_LIMIT_S)
        connection.connect(path)
        data = b""
        while piece := connection.recv(65_536):
            data += piece
    status: dict[str, Any] = json.loads(data)
    return status


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """The same path by way of its folder's descriptor: a socket address holds 107 bytes (unix(7))."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
