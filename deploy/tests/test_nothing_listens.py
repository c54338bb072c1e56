"""A running hub can be spoken to by nobody on a network, not even on its own machine's loopback address."""

import contextlib
import socket
from pathlib import Path

import pytest

from deploy.try_install.sockets import TABLES, socket_inodes, waiting_inodes
from hub.tests.parts.authority import Authority
from hub.tests.parts.hub_process import HubFolder, HubProcess, until
from hub.tests.parts.signing import CentreSigner


@pytest.fixture
def hub(tmp_path):
    running = HubProcess(HubFolder(tmp_path, Authority(tmp_path), CentreSigner()))
    running.start()
    yield running
    running.kill()


def reachable(pid) -> set[str]:
    proc = Path(f"/proc/{pid}")
    links = []
    for link in (proc / "fd").iterdir():
        with contextlib.suppress(FileNotFoundError):  # closed since the folder was read
            links.append(str(link.readlink()))
    return socket_inodes(links) & waiting_inodes({name: (proc / "net" / name).read_text() for name in TABLES})


def test_the_hub_listens_on_no_network(hub):
    """The hub answers status on a file socket, and has no socket that the network reaches."""
    until(hub.status)
    assert reachable(hub.pid) == set()


@pytest.mark.parametrize("kind", (socket.SOCK_STREAM, socket.SOCK_DGRAM))
def test_a_program_that_listens_would_be_found(kind):
    """The check above is worth something: an open port of either kind is seen."""
    with socket.socket(type=kind) as open_port:
        open_port.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            open_port.listen()
        assert len(reachable("self")) >= 1
