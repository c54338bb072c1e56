"""Where the hub's status comes from, and what is said when it cannot be had."""

import json

from hub.edges.status_socket import Answer, StatusServer
from tools.diagnose.asking_hub import MAX_BYTES, ask_hub
from tools.diagnose.tests.healthy import STATUS


def test_the_output_of_the_hubs_own_command(tmp_path):
    """A file with `dosevakt-hub status --json` in it is as good as the hub, but for its supply."""
    path = tmp_path / "status.json"
    path.write_text(json.dumps(STATUS))

    found = ask_hub(path)

    assert (found.status, found.under_voltage, found.missing) == (STATUS, None, "")


def test_files_that_are_no_status(tmp_path):
    """No file, an empty one, another program's JSON, binary, one without end: a sentence each, and no trace."""
    path = tmp_path / "status.json"
    said = [ask_hub(path).missing]
    for content in (b"", b"{}", b"[1]", b"\xff\xfe\x00", b"5", b"[" * 100_000, b" " * (MAX_BYTES + 1)):
        path.write_bytes(content)
        said.append(ask_hub(path).missing)
    said.append(ask_hub(tmp_path).missing)

    assert all(str(tmp_path) in sentence for sentence in said), said
    assert ask_hub(path).status is None


async def test_a_running_hub_tells_its_supply_too(tmp_path):
    """At its socket the hub also says whether the Raspberry Pi's supply holds."""
    import asyncio

    pages = {"/status": json.dumps(STATUS), "/metrics": "# HELP\ndosevakt_hub_under_voltage 1\n"}

    async def answer(path):
        return Answer(200, "text/plain", pages[path])

    server = StatusServer(tmp_path, answer)
    await server.start()
    found = await asyncio.to_thread(ask_hub, tmp_path / "status.sock")
    server.close()

    assert (found.status, found.under_voltage) == (STATUS, True)


def test_without_a_hub_nothing_is_asked(tmp_path, monkeypatch):
    """On a technician's laptop no hub runs, and its checks are skipped."""
    monkeypatch.setattr("tools.diagnose.asking_hub.OWN_HUB", tmp_path / "none")

    assert (ask_hub(None).skipped, "--hub-status" in ask_hub(None).missing) == (True, True)
