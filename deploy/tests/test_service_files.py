"""The service on a machine: systemd's own tools find nothing wrong with what we install."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.debian.build import ROOT

UNIT = ROOT / "deploy/systemd/dosevakt-hub.service"
WORST_SCORE = 2.0  # decision: as low as serial ports and a network allow; an unhardened service has 9.6
PASSWD, GROUP = "root:x:0:0::/root:/bin/sh\n", "root:x:0:\ndialout:x:20:\n"


def run(*words, **more):
    return subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False, **more)


def settings(name: str) -> list[str]:
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)


def test_the_unit_has_no_fault(installed, tmp_path):
    """systemd reads every line of the unit and complains about none."""
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("/usr/bin/dosevakt-hub", f"{installed}/usr/bin/dosevakt-hub"))
    done = run("systemd-analyze", "verify", "--man=no", unit)
    assert (done.returncode, [line for line in done.stderr.splitlines() if UNIT.name in line]) == (0, [])


def test_a_fault_in_the_unit_would_be_seen(tmp_path):
    """The check above is worth something: a misspelt line is found."""
    unit = tmp_path / UNIT.name
    unit.write_text(UNIT.read_text().replace("WatchdogSec=", "WatchdogSecs="))
    assert "WatchdogSecs" in run("systemd-analyze", "verify", "--man=no", unit).stderr


def test_the_hub_can_do_little_harm(tmp_path, record_property):
    """systemd's own score for what a broken-in hub could reach is at most 2.0 of 10."""
    unit = tmp_path / UNIT.name
    shutil.copyfile(UNIT, unit)
    done = run("systemd-analyze", "security", "--offline=true", f"--threshold={int(WORST_SCORE * 10)}", unit)
    score = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)[1])
    record_property("count", f"systemd-analyze security gives the hub's service {score} of 10 (0 is best)")
    assert score <= WORST_SCORE and done.returncode == 0


def test_every_key_reaches_the_hub_as_a_credential():
    """Each credential of the settings is one that the unit loads, and the other way round."""
    named = set(
        re.findall(
            r'^\w+ = "credential:([\w.-]+)"', (ROOT / "deploy/systemd/hub.toml").read_text(), re.MULTILINE
        )
    )
    loaded = dict(line.split(":", 1) for line in settings("LoadCredential"))
    assert set(loaded) == named
    assert all(path == f"/etc/dosevakt-hub/keys/{name}" for name, path in loaded.items())


def test_the_hub_may_still_ask_whether_its_clock_is_right():
    """Hardening must not take away the one question that makes the hub's time trusted."""
    assert settings("SystemCallFilter")[-1] == "adjtimex clock_adjtime"
    assert settings("ProtectClock") == []


def test_a_refused_setting_does_not_start_the_machine_anew():
    """Settings that only a person can mend stop the service; they do not make it, or the machine, start for ever."""
    assert settings("RestartPreventExitStatus") == ["2 243"]
    assert settings("Restart") == ["always"] and settings("ConditionPathExists") == [
        "/etc/dosevakt-hub/keys/hub.key"
    ]


@pytest.fixture
def machine(tmp_path):
    """A machine's root folder with the users that Debian has."""
    root = tmp_path / "machine"
    (root / "etc").mkdir(parents=True)
    (root / "etc/passwd").write_text(PASSWD)
    (root / "etc/group").write_text(GROUP)
    return root


def test_the_service_gets_a_user_of_its_own(machine):
    """The hub's user cannot log in and may use serial ports; making it twice changes nothing."""
    file = ROOT / "deploy/systemd/dosevakt-hub.sysusers"
    for _ in range(2):
        done = run("systemd-sysusers", f"--root={machine}", file)
        assert done.returncode == 0, done.stderr
    users = [line for line in (machine / "etc/passwd").read_text().splitlines() if "dosevakt" in line]
    assert len(users) == 1 and users[0].endswith(":/var/lib/dosevakt-hub:/usr/sbin/nologin")
    assert "dialout:x:20:dosevakt-hub" in (machine / "etc/group").read_text().splitlines()


def test_keys_lie_where_only_root_reads_them(machine):
    """The folder of the keys is root's alone, and a key that was copied carelessly is closed at the next start."""
    run("systemd-sysusers", f"--root={machine}", ROOT / "deploy/systemd/dosevakt-hub.sysusers")
    keys = machine / "etc/dosevakt-hub/keys"
    keys.mkdir(parents=True, mode=0o755)
    (keys / "hub.key").touch(mode=0o644)
    done = run(
        "systemd-tmpfiles", "--create", f"--root={machine}", ROOT / "deploy/systemd/dosevakt-hub.tmpfiles"
    )
    assert done.returncode == 0, done.stderr
    assert (keys.stat().st_mode & 0o777, (keys / "hub.key").stat().st_mode & 0o777) == (0o700, 0o600)
    state = (machine / "var/lib/dosevakt-hub").stat()
    assert state.st_mode & 0o777 == 0o700 and state.st_uid != 0


@pytest.fixture
def udev():
    """What udev says while it reads a rules file."""
    folder = Path("/run/udev/rules.d")
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "60-dosevakt-hub-under-test.rules"

    def read(text):
        file.write_text(text)
        done = run("udevadm", "test", "--action=add", "/sys/class/mem/null")
        said = (done.stdout + done.stderr).splitlines()
        assert any("Reading rules file" in line and file.name in line for line in said)
        return [line for line in said if file.name in line and "Reading rules file" not in line]

    yield read
    file.unlink(missing_ok=True)


def test_udev_understands_the_rules(udev):
    """udev takes every line about the dispensers' ports, and would have complained about a wrong one."""
    text = (ROOT / "deploy/udev/60-dosevakt-hub.rules").read_text()
    assert udev(text) == []
    assert udev(text.replace("ENV{DEVTYPE}", "ENVV{DEVTYPE}")) != []
