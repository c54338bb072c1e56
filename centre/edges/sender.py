"""Which commands go out now, and what becomes of those that were never answered."""

from dataclasses import dataclass

from sqlalchemy import Connection

from centre.core import outbox
from centre.core.outbox import Waiting
from centre.core.rules import Raise
from centre.edges import alarm_store, command_store, registry
from centre.edges.alarm_store import Who
from protocol.service_commands import InstallFirmware


@dataclass(frozen=True)
class Outgoing:
    """One command on its way: which hub, which device, which bytes."""

    hub_id: str
    device_id: str
    counter: int
    cose: bytes


def due_commands(
    connection: Connection, tenant: str, who: Who, alive_devices: frozenset[str]
) -> list[Outgoing]:
    """What to send now.  alive_devices: those that have just shown a sign of life."""
    found = []
    for device_id, commands in command_store.waiting(connection, tenant).items():
        left = _retire(connection, tenant, device_id, commands, who)
        command = outbox.due(left, who.wall_s, device_id in alive_devices)
        hub_id = registry.home_hub(connection, tenant, device_id)
        if command is not None and hub_id is not None:
            data = command_store.cose_of(connection, tenant, device_id, command.counter)
            command_store.mark_sent(connection, tenant, device_id, command.counter, who.wall_s)
            found.append(Outgoing(hub_id, device_id, command.counter, data))
    return found


def _retire(
    connection: Connection, tenant: str, device_id: str, commands: list[Waiting], who: Who
) -> list[Waiting]:
    """Take out what has lost its meaning; what the device never answered becomes an alarm."""
    stale = outbox.stale_clocks(commands, who.wall_s)
    late = [command for command in outbox.expired(commands, who.at_s) if command not in stale]
    for command in stale:
        command_store.settle(connection, tenant, device_id, command.counter, outbox.SUPERSEDED)
    for command in late:
        command_store.settle(connection, tenant, device_id, command.counter, outbox.EXPIRED)
        if command.type == InstallFirmware.TYPE:
            continue  # its campaign asks again, and counts who is never reached
        facts = {"counter": command.counter, "command": command.type}
        cause = f"command:{command.counter}"
        news = Raise("command_unanswered", bytes.fromhex(device_id), cause, facts=facts)
        alarm_store.raise_alarm(connection, tenant, news, who)
    return [command for command in commands if command not in stale and command not in late]
