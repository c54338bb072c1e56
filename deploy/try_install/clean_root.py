"""A clean Debian 12 in a folder, made with debootstrap from the Debian archive that this machine itself uses."""

import shutil
import subprocess
from pathlib import Path

SUITE = "bookworm"
# What a Debian machine has and debootstrap's smallest variant has not, and what plays the broker's part.
MACHINE = ("systemd-sysv", "dbus", "udev", "curl", "mosquitto")
# Nothing of it serves here: no terminal to log in at, no network to wait for.
_NOT_STARTED = (
    "console-getty.service",
    "getty@tty1.service",
    "systemd-networkd.service",
    "mosquitto.service",
)


# Works with and without a systemd on the machine that makes the container.
SIDE_BY_SIDE = (
    ("--register=no",) if Path("/run/systemd/system").is_dir() else ("--register=no", "--keep-unit")
)
PLAIN = ("DEBIAN_FRONTEND=noninteractive", "SYSTEMD_COLORS=0", "SYSTEMD_URLIFY=0", "SYSTEMD_PAGER=cat")


def make_root(root: Path, kept: Path) -> str:
    """Fill `root`; returns Debian's version.  kept: a tar file that saves a minute the next time.

    Raises CalledProcessError when debootstrap or tar fails, LookupError when apt knows no Debian archive.
    """
    root.mkdir(parents=True)
    if not kept.exists():
        sources = debian_sources()
        archive = next(line.split()[1] for line in sources if f" {SUITE} " in line)
        fresh = kept.with_suffix(".folder")
        shutil.rmtree(fresh, ignore_errors=True)
        _run("debootstrap", "--variant=minbase", "--include=ca-certificates", SUITE, str(fresh), archive)
        (fresh / "etc/apt/sources.list").write_text("\n".join(sources) + "\n")
        _run("tar", "-C", str(fresh), "-cf", str(kept) + ".part", ".")
        Path(str(kept) + ".part").rename(kept)
        shutil.rmtree(fresh)
    _run("tar", "-C", str(root), "-xpf", str(kept))
    return (root / "etc/debian_version").read_text().strip()


def furnish(root: Path) -> None:
    """Install MACHINE, and keep services asleep that have nothing to do here."""
    in_root(root, "apt-get", "-qq", "update")
    in_root(root, "apt-get", "-qq", "-y", "--no-install-recommends", "install", *MACHINE)
    (root / "etc/hosts").write_text("127.0.0.1 localhost\n")  # the smallest variant has none
    in_root(root, "systemctl", "--quiet", "mask", *_NOT_STARTED[:-1])
    in_root(root, "systemctl", "--quiet", "disable", _NOT_STARTED[-1])


def debian_sources() -> list[str]:
    """Lines for sources.list: where this machine's apt gets Debian 12 from.  Raises LookupError when nowhere."""
    form = "$(ORIGIN)|$(CODENAME)|deb $(REPO_URI) $(RELEASE) $(COMPONENT)"
    asked = ["apt-get", "indextargets", "--format", form, "Created-By: Packages"]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
    rows = [line.split("|") for line in told]
    found = [line for origin, name, line in rows if origin == "Debian" and name.startswith(SUITE)]
    if not any(f" {SUITE} " in line for line in found):
        raise LookupError(
            f"apt of this machine does not know Debian's {SUITE}: run apt-get update on Debian 12"
        )
    return sorted(set(found))


def in_root(
    root: Path, *words: str, check: bool = True, more: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Run a program in the root while it is not booted, with this machine's network.  more: options of nspawn."""
    container = ["systemd-nspawn", "--quiet", "--pipe", *SIDE_BY_SIDE, "--resolv-conf=copy-host", *more]
    command = [*container, *(f"--setenv={word}" for word in PLAIN), "-D", str(root), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=check, stdin=subprocess.DEVNULL)
    return subprocess.CompletedProcess(words, done.returncode, done.stdout, _without_nspawn(done.stderr))


def _without_nspawn(words: str) -> str:
    """What the program itself said: nspawn adds a line of its own about its folder below /run."""
    return "\n".join(line for line in words.splitlines() if "nspawn/propagate" not in line)


# Works with and without a systemd on the machine that makes the container.
SIDE_BY_SIDE = (
    ("--register=no",) if Path("/run/systemd/system").is_dir() else ("--register=no", "--keep-unit")
)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
