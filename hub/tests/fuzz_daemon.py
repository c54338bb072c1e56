"""The whole hub in this process, and a dispenser on a pty that says whatever it likes inside a sound link."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from hub.config import read_config
from hub.daemon import Daemon
from hub.edges.credentials import read_credentials
from hub.edges.keys import EventKey
from hub.edges.log import start_log
from hub.tests.parts.authority import Authority
from hub.tests.parts.hub_process import HubFolder
from hub.tests.parts.pty_device import PtyDevice
from hub.tests.parts.signing import CentreSigner, DeviceJournal
from protocol.cose import CONTEXT_EVENT, sign1
from protocol.device_events import AlarmRaised, LidOpened
from protocol.envelope import NO_PREV, Event
from protocol.link_messages import LinkAhead, LinkEvent, encode_link_message
from protocol.segments import MAX_MESSAGE
from protocol.tests.fuzz import Take, Target
from protocol.tests.fuzz_targets import samples_of
from protocol.tests.mutator import in_bytes, in_cbor

MOST_TURNS = 20_000  # some minutes: a hub that has not taken a message by then never will


class Hub:
    """Runs in a loop of its own thread, as in its own process."""

    def __init__(self, folder: Path) -> None:
        files = HubFolder(folder, Authority(folder), CentreSigner())
        config = read_config(files.write())
        credentials, problems = read_credentials(config)
        assert credentials is not None, problems
        self._daemon = Daemon(config, credentials, start_log("critical"))
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(self._daemon.run())
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        self._loop.add_signal_handler = lambda *_: None  # a thread takes no signals
        self._loop.run_until_complete(asyncio.wait([self._task]))

    def check(self) -> None:
        """It runs."""
        assert not self._task.done(), self._task

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(30)
        self._loop.close()


@contextmanager
def _dispenser(folder: Path) -> Iterator[Take]:
    """A case is one message of the dispenser: it is acknowledged, or the link begins anew; the hub goes on."""
    device = PtyDevice(folder, _journal())
    hub = Hub(folder)

    def take(data: bytes) -> bool:
        if not 0 < len(data) <= MAX_MESSAGE:
            return False
        turns(lambda: device.link.up and device.link.room > 0)
        epoch, sent = device.link.epoch, device.link.acked + device.link.pending + 1
        device.say(data)
        turns(lambda: device.link.epoch != epoch or device.link.acked >= sent)
        return device.link.epoch == epoch

    def turns(true) -> None:
        for _ in range(MOST_TURNS):
            if true():
                return
            hub.check()
            device.turn()
        raise AssertionError("the hub does not answer any more")

    try:
        yield take
    finally:
        hub.close()
        device.pull()


def _journal() -> DeviceJournal:
    """Of a dispenser whose key is a small number: the same name at every run."""
    journal = DeviceJournal()
    journal.private = ec.derive_private_key(7, ec.SECP256R1())
    journal.id = EventKey(journal.private).hub_id
    return journal


def _said() -> list[bytes]:
    """Every message of the link, and two events in this dispenser's own name; a hub does not ask who signed."""
    name = _journal().id
    bodies = enumerate((LidOpened(), AlarmRaised(112, "lid")), 1)
    events = [
        Event(name, seq, NO_PREV if seq == 1 else bytes(15) + b"1", 9, 2, 1, 1000, body)
        for seq, body in bodies
    ]
    coses = [sign1(event.encode(), name, CONTEXT_EVENT, lambda _message: bytes(64)) for event in events]
    messages = [LinkEvent(coses[0]), LinkEvent(coses[1]), LinkAhead(coses[1])]
    return samples_of("link-message") + [encode_link_message(message) for message in messages]


DAEMON_TARGETS = [
    Target(
        "from a dispenser",
        _said,
        (in_bytes, in_cbor, in_cbor),
        _dispenser,
        lines=(10**9, 0),
        held=(10**9, 0),
        cost=50,
    )
]
