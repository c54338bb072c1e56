"""The package and what installing it makes, on a machine that is not running yet."""

import re
import shutil
import subprocess
from pathlib import Path

from deploy.try_install.clean_root import in_root
from deploy.try_install.table import Table

UNIT = "/lib/systemd/system/dosevakt-hub.service"
# path: mode, owner.  As operations.md and tmpfiles.d promise.
FOLDERS = {
    "/etc/dosevakt-hub": "755 root:root",
    "/etc/dosevakt-hub/conf.d": "755 root:root",
    "/etc/dosevakt-hub/keys": "700 root:root",
    "/var/lib/dosevakt-hub": "700 dosevakt-hub:dosevakt-hub",
}
SCORE_LIMIT = 2.0


def judge_package(table: Table, package: Path) -> None:
    """Debian's own judge reads the package."""
    if shutil.which("lintian") is None:
        table.see(
            "lintian finds no error and no warning", False, "lintian is not installed: apt install lintian"
        )
        return
    asked = ["lintian", "--allow-root", "--show-overrides", "--tag-display-limit", "0"]
    done = subprocess.run([*asked, str(package)], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    found = [line for line in lines if line.startswith(("E:", "W:"))]
    excused = sorted({line.split()[2] for line in lines if line.startswith("O:")})
    table.see(
        "lintian finds no error and no warning",
        done.returncode in (0, 2) and not found,  # 2: something was found, though it be overridden
        "; ".join(found[:3]) or f"overridden, with the reason beside it: {', '.join(excused)}",
    )


def install(table: Table, root: Path, package: Path) -> bool:
    """`apt install ./package` on the clean machine; returns whether it is there."""
    (root / "root" / package.name).write_bytes(package.read_bytes())
    apt = ["apt-get", "-qq", "-y", "--no-install-recommends", "install"]
    planned = in_root(root, *apt, "--simulate", f"/root/{package.name}", check=False).stdout
    names = [name for name in re.findall(r"^Inst (\S+)", planned, re.MULTILINE) if name != "dosevakt-hub"]
    done = in_root(root, *apt, f"/root/{package.name}", check=False)
    known = in_root(
        root, "dpkg-query", "--show", "--showformat=${db:Status-Abbrev}", "dosevakt-hub", check=False
    )
    held = done.returncode == 0 and known.stdout.strip() == "ii"
    words = f"Debian gave {len(names)} packages with it: {', '.join(names)}" if held else done.stderr[-300:]
    return table.see("apt install ./dosevakt-hub_*.deb", held, words)


def look_at_files(table: Table, root: Path) -> None:
    """User, folders and their rights."""
    user = in_root(root, "getent", "passwd", "dosevakt-hub", check=False).stdout.strip()
    groups = in_root(root, "id", "-nG", "dosevakt-hub", check=False).stdout.split()
    held = user.endswith(":/var/lib/dosevakt-hub:/usr/sbin/nologin") and set(groups) == {
        "dosevakt-hub",
        "dialout",
    }
    table.see("the hub has a user of its own that cannot log in", held, f"groups {' '.join(groups)}")
    rights = in_root(root, "stat", "--format=%n|%a %U:%G", *FOLDERS, check=False).stdout.splitlines()
    seen = dict(line.split("|") for line in rights)
    table.see(
        "folders have the promised owner and rights", seen == FOLDERS, "; ".join(map(" ".join, seen.items()))
    )
    changed = in_root(root, "dpkg", "--verify", "dosevakt-hub", check=False)
    table.see("every file is as the package holds it", changed.stdout == "", changed.stdout)


def look_at_unit(table: Table, root: Path) -> None:
    """systemd's own judgement of the installed unit."""
    verified = in_root(root, "systemd-analyze", "verify", "--man=no", UNIT, check=False)
    words = (verified.stdout + verified.stderr).strip()
    table.see("systemd-analyze verify has nothing to say", verified.returncode == 0 and not words, words)
    judged = in_root(root, "systemd-analyze", "security", "--offline=true", UNIT, check=False).stdout
    score = re.search(r"Overall exposure level for \S+ ([\d.]+)", judged.replace(":", ""))
    known = float(score[1]) if score else 10.0
    table.see(
        f"systemd-analyze security says {SCORE_LIMIT} or less",
        known <= SCORE_LIMIT,
        f"{known} of 10 (0 is best)",
    )


def check_settings(table: Table, root: Path, site_toml: str, keys: list[Path]) -> None:
    """--check on a machine without settings, without keys, and with both, as operations.md tells it."""

    def ask(promise: str, code: int, *words: str) -> None:
        done = in_root(root, "dosevakt-hub", "--check", check=False)
        said = done.stderr.splitlines()
        held = done.returncode == code and all(any(word in line for line in said) for word in words)
        table.see(
            promise, held, f"exit {done.returncode}, {len(said)} sentences" + (f": {said[0]}" if said else "")
        )

    ask(
        "--check without settings names what is missing",
        2,
        "hub.tenant: is missing",
        "broker.host: is missing",
    )
    (root / "etc/dosevakt-hub/conf.d/10-site.toml").write_text(site_toml)
    ask("--check without keys names each file", 2, *(f"/etc/dosevakt-hub/keys/{key.name}" for key in keys))
    for key in keys:
        (root / "root" / key.name).write_bytes(key.read_bytes())
    names = [f"/root/{key.name}" for key in keys]
    in_root(root, "install", "-m", "0600", *names, "/etc/dosevakt-hub/keys/")
    in_root(root, "rm", *names)
    ask("--check with settings and keys is content", 0)
