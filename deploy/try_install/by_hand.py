"""Without the package: `uv tool install` from a clean clone, in the clean home of an ordinary user."""

import os
import shutil
import subprocess
from pathlib import Path

from deploy.debian.tree import ROOT
from deploy.try_install.clean_root import in_root
from deploy.try_install.container import Container
from deploy.try_install.site import Site
from deploy.try_install.table import Table

USER = "technician"
HOME = f"/home/{USER}"
HUB = f"{HOME}/.local/bin/dosevakt-hub"
HUB_TOML = """\
[hub]
tenant = "vadso"
event_key = "event.key"
state_dir = "state"
[broker]
host = "localhost"
ca = "ca.crt"
certificate = "hub.crt"
key = "hub.key"
[centre]
public_key = "centre-signing.pub"
[[port]]
path = "/dev/ttyACM0"
"""


def install(table: Table, root: Path) -> bool:
    """Clone what is committed, and let uv install it; the network is PyPI's alone."""
    in_root(root, "useradd", "-m", USER)
    subprocess.run(
        [
            "git",
            "-c",
            "advice.detachedHead=false",
            "clone",
            "--quiet",
            "--no-hardlinks",
            str(ROOT),
            f"{root}{HOME}/dosevakt",
        ],
        check=True,
    )
    uv = shutil.which("uv") or str(ROOT / ".venv/bin/uv")
    shutil.copyfile(uv, root / "usr/local/bin/uv")
    (root / "usr/local/bin/uv").chmod(0o755)
    done = _as_technician(root, "uv", "tool", "install", f"{HOME}/dosevakt[hub]")
    version = _as_technician(root, HUB, "--version")
    held = done.returncode == version.returncode == 0
    return table.see(
        "uv tool install 'FOLDER[hub]' in a clean home",
        held,
        f"version {version.stdout}" if held else done.stderr[-300:],
    )


def _as_technician(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    more = [f"--user={USER}", f"--chdir={HOME}", "--setenv=UV_PYTHON_DOWNLOADS=never"]
    authorities = os.environ.get("SSL_CERT_FILE")  # a machine behind a proxy of its own
    if authorities is not None:
        more += [f"--bind-ro={authorities}:/etc/ssl/own.crt", "--setenv=SSL_CERT_FILE=/etc/ssl/own.crt"]
    return in_root(root, *words, check=False, more=tuple(more))


def run(table: Table, machine: Container, site: Site) -> None:
    """Checked and run with a config of its own, beside the service, to the same centre."""
    home = machine.root / HOME.strip("/")
    for key in site.hub_files(site.by_hand):
        (home / key.name).write_bytes(key.read_bytes())
    (home / "hub.toml").write_text(HUB_TOML)
    machine.run("chown", "-R", f"{USER}:{USER}", HOME)
    checked = machine.run(HUB, "--check", "--config", f"{HOME}/hub.toml", user=USER)
    table.see("dosevakt-hub --check is content", checked.returncode == 0, checked.stderr)
    command = ("systemd-run", "--quiet", "--collect", "--unit=by-hand", f"--uid={USER}")
    machine.run(*command, HUB, "run", "--config", f"{HOME}/hub.toml")

    def words() -> list[str]:
        return machine.run(HUB, "status", "--config", f"{HOME}/hub.toml", user=USER).stdout.splitlines()

    try:
        machine.until(
            "the centre signs for it",
            lambda: any("Nothing waits" in line or line.startswith("0 events") for line in words()),
            120,
        )
    finally:
        table.see("dosevakt-hub run --config FILE reaches the centre", len(words()) > 3, " ".join(words()))
        machine.run("systemctl", "stop", "by-hand")
    gone = machine.run("env", f"HOME={HOME}", "uv", "tool", "uninstall", "dosevakt", user=USER)
    table.see(
        "uv tool uninstall takes it away",
        gone.returncode == 0 and not Path(f"{machine.root}{HUB}").exists(),
        gone.stderr,
    )
