"""Try the hub's package on a clean Debian 12 that boots:  python -m deploy.try_install  (as root; some four minutes).

Prints a table of what was looked at; exit code 0 when all of it held, 1 when not, 2 when it cannot be tried here.
Needs debootstrap, systemd-nspawn (package systemd-container), lintian, and the Debian archive and PyPI of this machine.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from deploy.debian.build import build, fetch
from deploy.debian.tree import ROOT
from deploy.try_install import before_boot, by_hand, later, read_only, running
from deploy.try_install.clean_root import SUITE, furnish, make_root
from deploy.try_install.container import Container, NotSeenError
from deploy.try_install.site import SITE_TOML, Site
from deploy.try_install.table import Table

PROGRAMS = ("debootstrap", "systemd-nspawn", "nsenter", "lintian", "git", "dpkg-deb")
PACKAGES = "debootstrap systemd-container util-linux lintian git dpkg"
HELD, FAILED, NOT_HERE = 0, 1, 2


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="deploy.try_install", description="Install the hub's package for real."
    )
    parser.add_argument("--anew", action="store_true", help="make the clean root anew, not from build/")
    chosen = parser.parse_args()
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        print(
            f"This needs root, and the programs {', '.join(PROGRAMS)}: apt install {PACKAGES}",
            file=sys.stderr,
        )
        return NOT_HERE
    kept = ROOT / "build" / f"clean-{SUITE}.tar"
    kept.parent.mkdir(exist_ok=True)
    if chosen.anew:
        kept.unlink(missing_ok=True)
    table, began_s = Table(lambda line: print(line, flush=True)), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="try-install-", dir=kept.parent) as folder:
        _try(table, Path(folder), kept)
    print(
        f"\n{len(table.rows) - len(table.failed)} of {len(table.rows)} held, in {time.monotonic() - began_s:.0f} s"
    )
    return FAILED if table.failed else HELD


def _try(table: Table, folder: Path, kept: Path) -> None:
    site, root = Site(folder), folder / "root"
    try:
        first, second = _packages(folder)
        _not_running(table, root, kept, first, site)
        with Container(root, folder / "boot.log") as machine:
            _first_boot(table, machine, site)
        table.part("The years after")
        read_only.look(table, root, folder)
        with Container(root, folder / "boot.log") as machine:
            later.comes_back(table, machine)
            later.change_version(table, machine, second, "apt install of a newer package upgrades")
            later.change_version(table, machine, first, "the older one goes back", "--allow-downgrades")
            later.remove(table, machine, first)
            later.purge(table, machine)
    except (NotSeenError, OSError, LookupError, subprocess.CalledProcessError) as fault:
        words = getattr(fault, "stderr", None) or ""
        table.see("everything could be tried", False, f"{fault} {words[-300:]}")
    finally:
        site.stop_centre()


def _packages(folder: Path) -> tuple[Path, Path]:
    """Two revisions of the package for this machine."""
    asked = subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True)
    architecture = asked.stdout.strip()
    fetch(architecture, folder / "packages")
    first = build(architecture, folder / "packages", folder, revision=1, effort=1)
    return first, build(architecture, folder / "packages", folder, revision=2, effort=1)


def _not_running(table: Table, root: Path, kept: Path, package: Path, site: Site) -> None:
    table.part("The package, on a clean Debian that is not running")
    before_boot.judge_package(table, package)
    version = make_root(root, kept)
    furnish(root)
    table.see("a clean root by debootstrap", version.startswith("12"), f"Debian {version}")
    if before_boot.install(table, root, package):
        before_boot.look_at_files(table, root)
        before_boot.look_at_unit(table, root)
        before_boot.check_settings(table, root, SITE_TOML, site.hub_files(site.hub))
    table.part("Without the package")
    by_hand.install(table, root)


def _first_boot(table: Table, machine: Container, site: Site) -> None:
    table.part("The service, below the root's own systemd (systemd-nspawn, a network of loopback alone)")
    state = machine.says("systemctl", "is-system-running")
    table.see(
        "the machine boots with the hub in it",
        state == "running",
        f"{state}, {machine.says('systemctl', '--version')[:12]}",
    )
    _waits_for_keys(table, machine)
    running.start(table, machine)
    running.neighbours(table, machine, site)
    table.part("What it survives")
    running.falls(table, machine)
    running.refusals(table, machine)
    table.part("Without the package, beside it")
    by_hand.run(table, machine, site)


def _waits_for_keys(table: Table, machine: Container) -> None:
    key = machine.root / "etc/dosevakt-hub/keys/hub.key"
    content = key.read_bytes()
    key.unlink()
    machine.run("systemctl", "restart", running.HUB)
    held = (
        running.shown(machine, "ConditionResult") == "no"
        and running.shown(machine, "ActiveState") == "inactive"
    )
    table.see(
        "without its keys it waits, and does not fail again and again",
        held,
        running.shown(machine, "ActiveState"),
    )
    key.write_bytes(content)
    key.chmod(0o600)


if __name__ == "__main__":
    sys.exit(main())
