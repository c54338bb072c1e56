"""The bench channel's server side: connections, who watches, and where answers go."""

import json
import selectors
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.emulator.json_lines import Lines, short_path

Request = dict[str, Any]
Handler = Callable[["Connection", Request], None]
SLOW_READER_S = 1.0  # longest wait for a bench that asked and does not read its answer


class Connection(Lines):
    watching = False
    _lost = 0

    def tell(self, event: dict[str, Any]) -> None:
        """Never waits: the board must go on.  A watcher who does not read loses events, and is told how many."""
        news = [event] if not self._lost else [{"event": "lost", "n": self._lost}, event]
        data = b"".join(json.dumps(message).encode() + b"\n" for message in news)
        try:
            self.stream.send(
                data, socket.MSG_DONTWAIT
            )  # one small piece: the kernel takes all of it or nothing
        except BlockingIOError:
            self._lost += 1
        except OSError:
            self.closed = True
        else:
            self._lost = 0

    def answer(self, request: Request, facts: dict[str, Any] | None = None) -> None:
        self.send({"id": request.get("id"), "ok": True, **(facts or {})})

    def refuse(self, request: Request, sentence: str) -> None:
        self.send({"id": request.get("id"), "ok": False, "error": sentence})


class BenchServer:
    """path: where to listen; handle(connection, request) works on one request, ValueError is its refusal."""

    def __init__(self, path: Path, selector: selectors.BaseSelector, handle: Handler) -> None:
        self._path = path
        self._selector = selector
        self._handle = handle
        self._connections: list[Connection] = []
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX)
        with short_path(path) as address:
            self._listener.bind(address)
        self._listener.listen()
        selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def tell(self, event: dict[str, Any]) -> None:
        for connection in self._connections:
            if connection.watching:
                connection.tell(event)

    def close(self) -> None:
        for connection in list(self._connections):
            self._drop(connection)
        self._selector.unregister(self._listener)
        self._listener.close()
        self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        stream, _ = self._listener.accept()
        stream.settimeout(SLOW_READER_S)
        connection = Connection(stream)
        self._connections.append(connection)
        self._selector.register(stream, selectors.EVENT_READ, lambda: self._readable(connection))

    def _readable(self, connection: Connection) -> None:
        try:
            requests = connection.received()
        except ValueError as refused:
            connection.refuse({}, str(refused))
            requests = []
        for request in requests:
            self._work_on(connection, request)
        if connection.closed:
            self._drop(connection)

    def _work_on(self, connection: Connection, request: Request) -> None:
        try:
            self._handle(connection, request)
        except KeyError as missing:
            connection.refuse(request, f"'{request.get('do')}' needs the field '{missing.args[0]}'.")
        except TypeError as wrong:
            connection.refuse(request, f"A field of '{request.get('do')}' is of the wrong kind: {wrong}.")
        except (ValueError, OSError) as refused:
            connection.refuse(request, str(refused))

    def _drop(self, connection: Connection) -> None:
        self._connections.remove(connection)
        self._selector.unregister(connection.stream)
        connection.stream.close()
