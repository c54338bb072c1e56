"""The years after: the machine starts again, the package goes up and down, and at last away."""

import json
from pathlib import Path

from deploy.try_install.container import Container
from deploy.try_install.running import HUB, restarts, shown
from deploy.try_install.site import status
from deploy.try_install.table import Table
from hub import VERSION

APT = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-y", "--no-install-recommends")
# The account stays, so that its number is never given to somebody else who would then own what it left.
ACCOUNTS = {"/etc/passwd", "/etc/passwd-", "/etc/group", "/etc/group-", "/etc/shadow", "/etc/shadow-"}
ACCOUNTS |= {"/etc/gshadow", "/etc/gshadow-"}


def comes_back(table: Table, machine: Container) -> None:
    """After the machine was switched off and on."""
    machine.until("the hub runs after the boot", lambda: shown(machine, "ActiveState") == "active")
    table.see(
        "after a boot it runs by itself", restarts(machine) == 0, machine.says("systemctl", "is-enabled", HUB)
    )


def change_version(table: Table, machine: Container, package: Path, promise: str, *more: str) -> None:
    """Up or down: the other version runs, and keys, settings and the hub's history are as they were."""
    (machine.root / "root" / package.name).write_bytes(package.read_bytes())
    kept, start = _kept(machine), _start_number(machine)
    done = machine.run(*APT, *more, "install", f"/root/{package.name}")
    version = machine.says("dpkg-query", "--show", "--showformat=${Version}", "dosevakt-hub")
    machine.until("the hub answers", lambda: status(machine))
    held = done.returncode == 0 and version == package.name.split("_")[1]
    table.see(promise, held, f"{version} installed" if held else done.stderr[-300:])
    same = _kept(machine) == kept
    table.see(
        "keys and settings are untouched; the count of its starts goes on",
        same and _start_number(machine) > start,
        f"{len(kept)} files, start {_start_number(machine)}, hub {VERSION}",
    )
    waste = machine.says("find", "/usr/lib/dosevakt-hub", "-name", "*.pyc", "-newer", "/usr/bin/dosevakt-hub")
    changed = machine.run("dpkg", "--verify", "dosevakt-hub").stdout
    table.see(
        "every file is the new version's",
        changed == "" and waste != "",
        changed or "dpkg --verify has nothing to say",
    )


def remove(table: Table, machine: Container, package: Path) -> None:
    """Taken out for a while: keys and outbox stay."""
    kept = _kept(machine)
    done = machine.run(*APT, "remove", "dosevakt-hub")
    gone = machine.run("systemctl", "is-active", HUB).stdout.strip() != "active"
    held = done.returncode == 0 and gone and _kept(machine) == kept
    table.see("apt remove ends it and keeps keys, settings and outbox", held, done.stderr)
    again = machine.run(*APT, "install", f"/root/{package.name}")
    machine.until("the hub answers", lambda: status(machine))
    table.see("installed again, it goes on as the same hub", again.returncode == 0 and _kept(machine) == kept)


def purge(table: Table, machine: Container) -> None:
    """For good: nothing of the hub is left but the number of its account."""
    done = machine.run(*APT, "purge", "dosevakt-hub")
    table.see("apt purge", done.returncode == 0, done.stderr)
    places = ("/etc", "/usr", "/lib", "/var", "/run", "/opt", "/srv", "/tmp")
    named = machine.says(
        "find", *places, "-name", "*dosevakt*", "-not", "-path", "/etc/mosquitto/*"
    ).splitlines()
    told = machine.says(
        "grep", "-rlsI", "dosevakt", "/etc", "/var/lib", "--exclude-dir=mosquitto"
    ).splitlines()
    left = {*named, *told} - ACCOUNTS
    table.see(
        "nothing of it is left but its account's number",
        not left,
        sorted(left) or "no file has its name or names it",
    )
    failed = machine.says("systemctl", "--failed", "--no-legend", "--plain")
    table.see(
        "systemd knows it no more",
        "dosevakt" not in failed and shown(machine, "LoadState") == "not-found",
        failed,
    )


def _kept(machine: Container) -> dict[str, bytes]:
    folder = machine.root / "etc/dosevakt-hub"
    files = sorted(path for part in ("keys", "conf.d") for path in (folder / part).glob("*"))
    return {path.name: path.read_bytes() for path in files}


def _start_number(machine: Container) -> int:
    record = json.loads((machine.root / "var/lib/dosevakt-hub/hub.json").read_text())
    return int(record["boot"])
