"""The service while the machine runs: its start, its walls, its neighbours, its falls."""

import signal
from pathlib import Path

from deploy.try_install.container import Container
from deploy.try_install.site import Site, status
from deploy.try_install.sockets import TABLES, socket_inodes, waiting_inodes
from deploy.try_install.table import Table

HUB = "dosevakt-hub.service"
WATCHDOG_S = 30  # WatchdogSec= of the unit
LARGEST_MB = 50  # resident, connected (docs/performance.md)


def shown(machine: Container, name: str) -> str:
    """A property of the service, as systemctl knows it."""
    return machine.says("systemctl", "show", "--value", f"--property={name}", HUB)


def restarts(machine: Container) -> int:
    """How often systemd has started it again by itself."""
    return int(shown(machine, "NRestarts"))


def start(table: Table, machine: Container) -> None:
    """It becomes ready, below its own user, behind its walls."""
    done = machine.run("systemctl", "restart", HUB)
    table.see("systemctl restart starts it, and it says that it is ready", done.returncode == 0, done.stderr)
    pid = shown(machine, "MainPID")
    facts = dict(
        line.split(":\t", 1)
        for line in machine.says("cat", f"/proc/{pid}/status").splitlines()
        if ":\t" in line
    )
    user = machine.says("stat", "--format=%U", f"/proc/{pid}")
    walls = {name: facts.get(name, "?").strip() for name in ("CapEff", "CapBnd", "NoNewPrivs", "Seccomp")}
    held = user == "dosevakt-hub" and int(walls["CapBnd"], 16) == 0 == int(walls["CapEff"], 16)
    held = held and (walls["NoNewPrivs"], walls["Seccomp"]) == ("1", "2")
    table.see(
        "it runs as its user, with no capability and a filter of system calls", held, f"{user}, {walls}"
    )
    _credentials(table, machine, pid)
    _hands(table, machine, pid)


def _credentials(table: Table, machine: Container, pid: str) -> None:
    passed = machine.run("nsenter", "-t", pid, "-m", "ls", f"/run/credentials/{HUB}").stdout.split()
    table.see("its keys come as credentials (LoadCredential)", len(passed) == 5, " ".join(passed))
    key = "/etc/dosevakt-hub/keys/hub.key"
    tried = machine.run("cat", key, user="dosevakt-hub")
    table.see("its user cannot open the folder of the keys", tried.returncode != 0, tried.stderr)
    other = machine.run("cat", f"/run/credentials/{HUB}/hub.key", user="nobody")
    table.see("nobody else can read the credentials", other.returncode != 0, other.stderr)


def _hands(table: Table, machine: Container, pid: str) -> None:
    """What the process could write to, asked of the kernel by trying, inside its own mounts."""
    inside = ["nsenter", "-t", pid, "-m", "-S", machine.says("id", "-u", "dosevakt-hub"), "--"]
    tries = {
        place: machine.run(*inside, "sh", "-c", f"> {place}/try && rm {place}/try").returncode == 0
        for place in (
            "/etc/dosevakt-hub",
            "/usr",
            "/var",
            "/home",
            "/var/lib/dosevakt-hub",
            "/run/dosevakt-hub",
        )
    }
    able = {place for place, could in tries.items() if could}
    table.see(
        "it can write to its own two folders only",
        able == {"/var/lib/dosevakt-hub", "/run/dosevakt-hub"},
        able,
    )


def listening(machine: Container, pid: str) -> tuple[int, int]:
    """(sockets of the process that wait for the network, those of the whole machine)."""
    links = machine.says("find", f"/proc/{pid}/fd", "-lname", "socket:*", "-printf", "%l\\n").splitlines()
    waiting = waiting_inodes({name: machine.says("cat", f"/proc/net/{name}") for name in TABLES})
    return len(socket_inodes(links) & waiting), len(waiting)


def neighbours(table: Table, machine: Container, site: Site) -> None:
    """Broker and centre: the hub's own first event is signed for, and nothing listens."""
    state = status(machine)
    table.see(
        "status answers without a broker",
        bool(state) and not _path(state)["up"],
        _path(state).get("sentence"),
    )
    site.lay_broker(machine)
    began = machine.run("systemctl", "start", "mosquitto")
    words = "" if began.returncode == 0 else machine.says("tail", "-n3", "/var/log/mosquitto/mosquitto.log")
    table.see("Debian's mosquitto takes deploy/mosquitto", began.returncode == 0, words)
    site.start_centre(machine)
    machine.until("the hub is connected", lambda: _path(status(machine)).get("up"), 120)
    machine.until("the centre signs for what the hub sent", lambda: _waiting(status(machine)) == 0, 120)
    table.see("mutual TLS to the broker, and the centre's receipt", True, "0 events wait")
    _size(table, machine)
    own, all_of_it = listening(machine, shown(machine, "MainPID"))
    table.see(
        "it listens on no network, not even loopback",
        own == 0 < all_of_it,
        f"{own} of {all_of_it} sockets are its",
    )
    _asked(table, machine)


def _size(table: Table, machine: Container) -> None:
    pid = shown(machine, "MainPID")
    kib = int(machine.says("sed", "-n", r"s/^VmRSS:\s*\([0-9]*\) kB/\1/p", f"/proc/{pid}/status"))
    used_mb = kib * 1024 / 1e6  # proc(5) says kB and means KiB
    table.see(f"it needs {LARGEST_MB} MB of memory or less", used_mb <= LARGEST_MB, f"{used_mb:.0f} MB")


def _asked(table: Table, machine: Container) -> None:
    socket = "/run/dosevakt-hub/status.sock"
    codes = {
        page: machine.says(
            "curl",
            "-s",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "--unix-socket",
            socket,
            f"http://hub{page}",
        )
        for page in ("/healthz", "/readyz", "/status", "/metrics")
    }
    # A container has no clock that anybody synchronises, and /readyz says so.
    held = codes["/healthz"] == codes["/status"] == codes["/metrics"] == "200" and codes["/readyz"] in (
        "200",
        "503",
    )
    table.see("healthz, readyz, status and metrics answer on the socket", held, codes)
    stranger = machine.run("dosevakt-hub", "status", user="nobody")
    held = stranger.returncode == 1 and stranger.stderr.startswith("You may not ask")
    table.see("a user outside the group gets no status", held, stranger.stderr)
    machine.run("useradd", "--groups", "dosevakt-hub", "carer")
    member = machine.run("dosevakt-hub", "status", user="carer")
    table.see("a user in the group gets it, in sentences", member.returncode == 0, member.stdout)
    score = machine.says("systemd-analyze", "security", "--no-pager", HUB).splitlines()[-1]
    table.see("systemd-analyze security of the loaded unit", " OK " in score or " SAFE " in score, score)


def falls(table: Table, machine: Container) -> None:
    """What it survives by itself."""
    before = restarts(machine)
    machine.run("systemctl", "stop", "mosquitto")
    machine.until("the hub sees that the broker is gone", lambda: not _path(status(machine)).get("up"), 120)
    feeding = shown(machine, "WatchdogTimestampMonotonic")
    machine.until(
        "the watchdog is fed twice", lambda: shown(machine, "WatchdogTimestampMonotonic") != feeding
    )
    machine.run("sleep", str(WATCHDOG_S + 5))
    again = restarts(machine) - before
    held = again == 0 and shown(machine, "ActiveState") == "active"
    words = "no restart" if held else f"{again} restarts; {_last_words(machine)}"
    table.see(f"a broker that is away for {WATCHDOG_S + 5} s does not starve the watchdog", held, words)
    machine.run("systemctl", "start", "mosquitto")
    machine.until("the path is up again", lambda: _path(status(machine)).get("up"), 120)
    _ended(table, machine, signal.SIGKILL, "killed, it is started again by systemd")
    _ended(table, machine, signal.SIGSTOP, f"hung, it is ended within {WATCHDOG_S} s and started again")
    log = machine.says("journalctl", "-u", HUB, "-p", "warning", "-o", "cat", "--no-pager").splitlines()
    table.see(
        "journalctl -p warning finds its warnings by priority",
        any("path down" in line for line in log),
        f"{len(log)} lines",
    )


def _last_words(machine: Container) -> str:
    """The end of the hub's log, for a row that did not hold."""
    return machine.says("journalctl", "-u", HUB, "-o", "cat", "-n", "12", "--no-pager")


def _ended(table: Table, machine: Container, how: signal.Signals, promise: str) -> None:
    before, pid = restarts(machine), shown(machine, "MainPID")
    sent = machine.run("systemctl", "kill", "--kill-who=main", f"--signal={how.name}", HUB)
    sent.check_returncode()
    machine.until(promise, lambda: restarts(machine) > before and status(machine), WATCHDOG_S + 60)
    log = machine.says("journalctl", "-u", HUB, "-o", "cat", "-n", "20", "--no-pager").splitlines()
    ends = [
        line.removeprefix(f"{HUB}: ")
        for line in log
        if "process exited" in line or "Watchdog timeout" in line
    ]
    table.see(promise, shown(machine, "MainPID") != pid, " ".join(ends[-2:]))


def refusals(table: Table, machine: Container) -> None:
    """What only a person can mend stops the service and does not start it for ever."""
    conf = machine.root / "etc/dosevakt-hub/conf.d/20-wrong.toml"
    conf.write_text("[hub]\ntennant = 1\n")
    _refused(table, machine, "2", "a misspelt setting stops it, exit code 2, with file and line")
    conf.unlink()
    key: Path = machine.root / "etc/dosevakt-hub/keys/hub.crt"
    content = key.read_bytes()
    key.unlink()
    _refused(table, machine, "243", "a key file that is gone stops it, exit code 243")
    key.write_bytes(content)
    machine.run("systemctl", "reset-failed", HUB)
    table.see("mended, it starts", machine.run("systemctl", "restart", HUB).returncode == 0)


def _refused(table: Table, machine: Container, code: str, promise: str) -> None:
    machine.run("systemctl", "reset-failed", HUB)
    before = restarts(machine)
    machine.run("systemctl", "restart", HUB)
    machine.until("the service has ended", lambda: shown(machine, "ActiveState") == "failed")
    line = machine.says("journalctl", "-u", HUB, "-o", "cat", "-n", "4", "--no-pager").splitlines()
    held = shown(machine, "ExecMainStatus") == code and restarts(machine) == before
    table.see(
        promise, held, next((words for words in line if "/etc/" in words or "redential" in words), line)
    )


def _path(state: dict[str, object]) -> dict[str, object]:
    found = state.get("path")
    return found if isinstance(found, dict) else {"up": False}


def _waiting(state: dict[str, object]) -> object:
    found = state.get("outbox")
    return found.get("waiting") if isinstance(found, dict) else None
