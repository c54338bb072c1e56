"""What the hub's Debian package holds, and what its scripts do to a machine."""

import os
import shutil
import stat
import subprocess
import sys

import pytest

from deploy.debian.build import ROOT, build
from deploy.debian.requirements import DIRECT, hub_lock
from deploy.debian.tree import LIBRARY
from deploy.tests.conftest import locked_names
from hub import VERSION


def field(package, name):
    return subprocess.run(
        ["dpkg-deb", "--field", str(package), name], capture_output=True, text=True, check=True
    ).stdout.strip()


def listed(package):
    """[(rights and owner, path)] of the package."""
    text = subprocess.run(
        ["dpkg-deb", "--contents", str(package)], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(maxsplit=5) for line in text.splitlines()]
    return [(f"{row[0]} {row[1]}", row[5]) for row in rows]


def test_the_package_names_what_it_is(package, architecture):
    """A technician sees which version for which machine, and apt refuses a Python that the wheels are not for."""
    assert field(package, "Package") == "dosevakt-hub"
    assert field(package, "Version") == f"{VERSION}-1"
    assert field(package, "Architecture") == architecture
    assert "python3 (>= 3.11), python3 (<< 3.12)" in field(package, "Depends")


def test_nothing_in_the_package_can_be_written_by_others(package):
    """Every file belongs to root, nobody else may write it, none runs with another's rights."""
    rows = listed(package)
    assert len(rows) > 200
    assert [
        row
        for row in rows
        if row[0] not in ("drwxr-xr-x root/root", "-rw-r--r-- root/root", "-rwxr-xr-x root/root")
    ] == []
    assert [path for rights, path in rows if rights.startswith("-rwx")] == ["./usr/bin/dosevakt-hub"]


def test_the_package_holds_the_hub_and_no_other_room(package):
    """No test, no key, no firmware, no centre: only what the hub runs."""
    paths = [path for _, path in listed(package)]
    ours = [path for path in paths if f"/{LIBRARY}/" in path and "/packages/" not in path]
    rooms = {path.split(f"/{LIBRARY}/")[1].split("/")[0] for path in ours if not path.endswith(f"{LIBRARY}/")}
    assert rooms == {"hub", "protocol"}
    assert [path for path in ours if "/tests/" in path or "/vectors/" in path] == []
    assert [path for path in paths if path.endswith((".key", ".pem", ".pyc"))] == []
    for needed in ("hub/daemon.py", "hub/core/backoff.py", "hub/edges/outbox.py", "protocol/link.py"):
        assert f"./{LIBRARY}/{needed}" in paths


def test_settings_of_a_home_survive_an_upgrade(package, tmp_path):
    """dpkg treats hub.toml as a settings file, and no file of the package lies in conf.d or keys."""
    subprocess.run(["dpkg-deb", "--control", str(package), str(tmp_path / "control")], check=True)
    assert (tmp_path / "control/conffiles").read_text() == "/etc/dosevakt-hub/hub.toml\n"
    below = [path for _, path in listed(package) if path.startswith("./etc/dosevakt-hub/")]
    assert below == ["./etc/dosevakt-hub/", "./etc/dosevakt-hub/conf.d/", "./etc/dosevakt-hub/hub.toml"]


def test_the_same_sources_make_the_same_package(package, packages, architecture, tmp_path):
    """Two builds are equal byte for byte, so that anybody can check what was built."""
    assert build(architecture, packages, tmp_path, effort=0).read_bytes() == package.read_bytes()


def test_the_packaged_hub_runs_with_nothing_but_itself(installed, tmp_path):
    """The hub starts from its own folder alone, without the Python packages of the machine."""
    launcher = (
        (installed / "usr/bin/dosevakt-hub").read_text().replace('"/usr/lib/', f'"{installed}/usr/lib/')
    )
    (tmp_path / "dosevakt-hub").write_text(launcher)
    command = [sys.executable, "-IS", str(tmp_path / "dosevakt-hub")]
    asked = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert asked.stdout == f"{VERSION}\n"
    config = installed / "etc/dosevakt-hub/hub.toml"
    refused = subprocess.run(
        [*command, "--check", "--config", str(config)], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2
    line = config.read_text().splitlines().index("[hub]") + 1
    assert f"{config}:{line}: hub.tenant: is missing; add it." in refused.stderr.splitlines()


def test_the_packaged_settings_need_only_what_belongs_to_the_home(installed, tmp_path):
    """With the municipality, the broker's name and a port in conf.d the shipped settings are complete."""
    folder = tmp_path / "etc"
    shutil.copytree(installed / "etc/dosevakt-hub", folder)
    (folder / "conf.d/10-site.toml").write_text(
        '[hub]\ntenant = "vadso"\n[broker]\nhost = "broker.example"\n[ports]\ndiscover = true\n'
    )
    command = [sys.executable, "-m", "hub", "--check", "--config", str(folder / "hub.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    said = done.stderr.splitlines()
    assert len(said) == 5 and all("cannot be read" in line and f"{folder}/keys/" in line for line in said)


@pytest.fixture
def machine(tmp_path):
    """A machine's programs that the scripts call, as a list of what was called; the scripts see its folder as /."""
    programs = tmp_path / "programs"
    programs.mkdir()
    called = tmp_path / "called"
    for name in (
        "systemd-sysusers",
        "systemd-tmpfiles",
        "py3compile",
        "deb-systemd-helper",
        "deb-systemd-invoke",
    ):
        (programs / name).write_text(f'#!/bin/sh\necho "{name} $*" >>"{called}"\n')
        (programs / name).chmod(0o755)

    def run(script, *words):
        path = f"{programs}:{os.environ['PATH']}"
        text = (ROOT / "deploy/debian" / script).read_text()
        for folder in (
            "/etc/dosevakt-hub",
            "/var/lib/dosevakt-hub",
            "/usr/lib/dosevakt-hub",
            "/run/systemd/system",
        ):
            text = text.replace(folder, f"{tmp_path}{folder}")
        done = subprocess.run(["sh", "-c", text, script, *words], env={"PATH": path}, check=False)
        assert done.returncode == 0, (script, words)
        return called.read_text().splitlines() if called.exists() else []

    return run


def test_installing_twice_does_the_same_as_once(machine):
    """An installation that the power cut short is finished by running it again."""
    once = machine("postinst", "configure")
    assert once[0] == "systemd-sysusers dosevakt-hub.conf"
    assert machine("postinst", "configure", VERSION)[len(once) :] == once


def test_removing_keeps_keys_and_outbox_and_purging_wipes_them(machine, tmp_path):
    """A hub that is taken out for a day keeps its keys; one that leaves its home for good carries none."""
    kept = [tmp_path / "etc/dosevakt-hub/keys/hub.key", tmp_path / "var/lib/dosevakt-hub/outbox.sqlite3"]
    for file in kept:
        file.parent.mkdir(parents=True)
        file.touch()
    machine("prerm", "remove")
    machine("postrm", "remove")
    assert all(file.exists() for file in kept)
    machine("postrm", "purge")
    machine("postrm", "purge")
    assert not (tmp_path / "etc/dosevakt-hub").exists() and not (tmp_path / "var/lib/dosevakt-hub").exists()


def test_the_package_unpacks_into_a_machine(package, tmp_path):
    """dpkg itself takes the package and finds every file as the package says."""
    root = tmp_path / "machine"
    for folder in ("var/lib/dpkg/updates", "var/lib/dpkg/info", "etc"):
        (root / folder).mkdir(parents=True)
    for file in ("status", "available"):
        (root / "var/lib/dpkg" / file).touch()
    dpkg = ["dpkg", f"--root={root}", "--force-not-root", "--force-depends", "--log=/dev/null"]
    subprocess.run([*dpkg, "--unpack", str(package)], check=True, capture_output=True)
    assert stat.S_IMODE((root / "usr/bin/dosevakt-hub").stat().st_mode) == 0o755
    verified = subprocess.run(
        [*dpkg, "--verify", "dosevakt-hub"], check=False, capture_output=True, text=True
    )
    assert [line for line in verified.stdout.splitlines() if "hub.toml" not in line] == []


def test_the_hubs_lock_is_a_part_of_the_whole_lock():
    """The package holds what the tests have run with, by the same hashes, and nothing of the centre."""
    whole = (ROOT / "requirements.lock").read_text()
    part = hub_lock(whole)
    names = locked_names()
    assert set(names) > DIRECT and {"cffi", "pydantic-core", "typing-extensions"} <= set(names)
    assert not {"fastapi", "sqlalchemy", "amqtt", "typer"} & set(names)
    assert all(line in whole for line in part.splitlines())
    assert part.count("==") == len(names)


def test_a_lock_without_what_the_hub_imports_is_refused():
    """A package that could not start is not built."""
    with pytest.raises(ValueError, match="does not name cryptography"):
        hub_lock("cffi==1 \\\n    --hash=sha256:00\n    # via cryptography\n")
