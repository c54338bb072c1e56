"""A Unix-socket connection that carries one JSON object a line."""

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any


@contextlib.contextmanager
def short_path(path: Path) -> Iterator[str]:
    """A name for `path` that fits a socket address (108 bytes, unix(7)), however deep its folder lies."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


class Lines:
    def __init__(self, stream: socket.socket) -> None:
        self.stream = stream
        self.closed = False
        self._buffer = b""

    def received(self) -> list[dict[str, Any]]:
        """What can be read now; waits as long as the socket is set to.  Raises ValueError with a sentence."""
        try:
            data = self.stream.recv(65536)
        except BlockingIOError:
            return []
        except ConnectionError:
            data = b""
        self.closed = not data
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        return [_object(line) for line in lines if line.strip()]

    def send(self, message: dict[str, Any]) -> None:
        try:
            self.stream.sendall(json.dumps(message).encode() + b"\n")
        except OSError:
            self.closed = True


def _object(line: bytes) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except ValueError:
        raise ValueError("That line is no JSON; send one JSON object a line.") from None
    if not isinstance(value, dict):
        raise ValueError("A request is a JSON object with 'id' and 'do'.")
    return value
