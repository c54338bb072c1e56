"""The running hub answers on a Unix socket in its runtime folder: HTTP, GET only, one answer for each connection.

Nothing of the hub listens on a network, not even on the loopback address: who may ask is a file permission.
"""

import asyncio
import http.client
import json
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "status.sock"
_ASK_LIMIT_S = 5.0
_HEAD_LIMIT_S = 5.0  # the asker sits on the same machine
_HEAD_BYTES = 8_192
_MODE = 0o660  # the service's user and its group: technicians are put into the group


@dataclass(frozen=True)
class Answer:
    """What one path answers.  code: HTTP status."""

    code: int
    kind: str
    text: str


class StatusServer:
    """Answers GET for the paths it was given; `answer(path)` returns None for one it does not know."""

    def __init__(self, folder: Path, answer: Callable[[str], Awaitable[Answer | None]]) -> None:
        self._path = folder / NAME
        self._answer = answer
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; a socket left by a killed hub is replaced (hub.lock proves that no other hub runs)."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        with _short(self._path) as path:
            self._server = await asyncio.start_unix_server(self._serve, path, limit=_HEAD_BYTES)
        self._path.chmod(_MODE)

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(_HEAD_LIMIT_S):
                head = await reader.readuntil(b"\r\n\r\n")
            writer.write(_encoded(await self._answered(head)))
            await writer.drain()
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # the asker left, said nothing, or too much
        finally:
            writer.close()

    async def _answered(self, head: bytes) -> Answer:
        words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            return _plain(400, "This socket speaks HTTP.")
        if words[0] != "GET":
            return _plain(405, "Only GET: nothing can be changed here.")
        path = words[1].partition("?")[0]
        return await self._answer(path) or _plain(404, f"There is no {path} here.")


def _plain(code: int, sentence: str) -> Answer:
    return Answer(code, "text/plain; charset=utf-8", sentence + "\n")


def _encoded(answer: Answer) -> bytes:
    body = answer.text.encode()
    reason = http.client.responses[answer.code]
    head = (
        f"HTTP/1.1 {answer.code} {reason}\r\nContent-Type: {answer.kind}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


def ask(folder: Path) -> dict[str, Any]:
    """The running hub's status.  Raises OSError when no hub answers, ValueError when what answers is no hub."""
    code, text = fetch(folder, "/status")
    if code != 200:
        raise ValueError(text)
    status: dict[str, Any] = json.loads(text)
    return status


def fetch(folder: Path, path: str) -> tuple[int, str]:
    """(HTTP status, text) of one path.  Raises OSError, ValueError."""
    connection = _Connection(folder / NAME)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except http.client.HTTPException as fault:
        raise ValueError(f"no HTTP answer: {fault!r}") from fault
    finally:
        connection.close()


class _Connection(http.client.HTTPConnection):
    """HTTP to a Unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_ASK_LIMIT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(_ASK_LIMIT_S)
        with _short(self._path) as path:
            self.sock.connect(path)


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """The same path by way of its folder's descriptor: a socket address holds 107 bytes (unix(7))."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)
