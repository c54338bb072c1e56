"""A bench that watches and does not read."""

import socket

from tools.emulator.bench_server import Connection
from tools.emulator.json_lines import Lines


def test_a_watcher_who_does_not_read_never_holds_the_dispenser_up():
    """Telling it returns at once, however much it has not read; it learns how many events it has missed."""
    ours, theirs = socket.socketpair()
    connection, watcher = Connection(ours), Lines(theirs)
    theirs.setblocking(False)

    for number in range(20_000):
        connection.tell({"event": "light", "level": number})
    heard = messages(watcher)
    connection.tell({"event": "light", "level": 0})
    lost, last = messages(watcher)

    assert [event["level"] for event in heard] == list(range(len(heard)))
    assert lost == {"event": "lost", "n": 20_000 - len(heard)}
    assert last == {"event": "light", "level": 0}
    ours.close()
    theirs.close()


def messages(watcher):
    found = []
    while news := watcher.received():
        found += news
    return found
