"""What the hub reads of foreign bytes: its files, questions at its status socket, messages from above and below."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.core.envelope import shape_of
from hub.core.event_shape import look
from hub.edges.status_socket import NAME, Answer, StatusServer
from hub.tests.fuzz_courier import COURIER_TARGETS
from hub.tests.fuzz_daemon import DAEMON_TARGETS
from hub.tests.fuzz_files import file_targets
from protocol.cose import parse_sign1
from protocol.errors import MessageError
from protocol.events import decode_heading
from protocol.tests.fuzz import Take, Target, always
from protocol.tests.fuzz_targets import samples_of, signed
from protocol.tests.mutator import in_bytes, in_cbor


def _shape(cose: bytes) -> bool:
    """Whose event it is, its number and its kind, without its key: the quick look says what the decoders say."""
    try:
        signed_parts = parse_sign1(cose)
        heading = decode_heading(signed_parts.payload)
        whole = heading.device_id, heading.seq, heading.type
        whole = whole if heading.device_id == signed_parts.kid else None
    except MessageError:
        whole = None
    try:
        found = tuple(shape_of(cose))
    except MessageError:
        found = None
    assert found == whole and look(cose) in (None, whole)
    return found is not None


@contextmanager
def _status(folder: Path) -> Iterator[Take]:
    """The status socket: an answer in HTTP, or a closed connection."""
    loop = asyncio.new_event_loop()

    async def answer(path: str) -> Answer | None:
        return Answer(200, "text/plain", path) if path.startswith("/status") else None

    server = StatusServer(folder, answer)
    loop.run_until_complete(server.start())

    async def ask(data: bytes) -> bytes:
        here = os.getcwd()
        os.chdir(folder)  # a socket address holds 107 bytes
        try:
            reader, writer = await asyncio.open_unix_connection(NAME)
        finally:
            os.chdir(here)
        writer.write(data)
        writer.write_eof()
        said = await reader.read()
        writer.close()
        return said

    def take(data: bytes) -> bool:
        try:
            said = loop.run_until_complete(ask(data))
        except ConnectionError:  # closed while we still wrote: too much for a head
            return False
        assert said == b"" or said.startswith(b"HTTP/1.1 ")
        return said.startswith(b"HTTP/1.1 200 ")

    loop.set_exception_handler(_fails)
    try:
        yield take
    finally:
        server.close()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


def _fails(_loop: asyncio.AbstractEventLoop, context: dict) -> None:
    """What asyncio would only write on stderr."""
    raise AssertionError(context)


def _asked() -> list[bytes]:
    head = b"GET /status HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: identity\r\n\r\n"
    return [head, b"GET /status?x=1 HTTP/1.0\r\n\r\n"]


def hub_targets() -> list[Target]:
    """All of them."""
    both = (in_bytes, in_cbor, in_cbor)
    return [
        Target("event's shape", lambda: signed(samples_of("event")), both, always(_shape)),
        Target("status socket", _asked, (in_bytes,), _status, (60_000, 100), (3_000_000, 1_000), cost=20),
        *COURIER_TARGETS,
        *file_targets(),
        *DAEMON_TARGETS,
    ]
