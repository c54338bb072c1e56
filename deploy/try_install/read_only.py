"""A root that is never written: an overlay in memory above it, and the outbox on a partition of its own."""

import json
import shutil
import subprocess
from pathlib import Path

from deploy.try_install.container import Container
from deploy.try_install.running import shown
from deploy.try_install.table import Table

STATE = "var/lib/dosevakt-hub"
# What operations.md, section 9, says to write with `systemctl edit dosevakt-hub`.
DROP_IN = f"[Unit]\nRequiresMountsFor=/{STATE}\nAssertPathIsMountPoint=/{STATE}\n"


def look(table: Table, root: Path, folder: Path) -> None:
    """Boot three times: twice with the partition, once without it."""
    data, log = folder / "data", folder / "boot.log"
    subprocess.run(["cp", "-a", str(root / STATE), str(data)], check=True)
    drop_in = root / "etc/systemd/system/dosevakt-hub.service.d/override.conf"
    drop_in.parent.mkdir()
    drop_in.write_text(DROP_IN)
    first, second = (_boot(root, log, data) for _ in range(2))
    held = 0 < first < second and not (root / "etc/written").exists()
    table.see(
        "read-only root: twice cut off, the hub's own partition remembers", held, f"start {first}, {second}"
    )
    with Container(root, log, ("--volatile=overlay",)) as machine:
        asserted, state = shown(machine, "AssertResult"), shown(machine, "ActiveState")
    held = (asserted, state) == ("no", "inactive")
    table.see(
        "without its partition it does not start on the overlay", held, f"assertion {asserted}, {state}"
    )
    shutil.rmtree(drop_in.parent)


def _boot(root: Path, log: Path, data: Path) -> int:
    """The number of the start; 0 when the hub does not run.  What is written to the root is gone afterwards."""
    with Container(root, log, ("--volatile=overlay", f"--bind={data}:/{STATE}")) as machine:
        machine.until(
            "the hub runs", lambda: shown(machine, "ActiveState") in ("active", "failed", "inactive")
        )
        machine.run("touch", "/etc/written")
        if shown(machine, "ActiveState") != "active":
            return 0
    return int(json.loads((data / "hub.json").read_text())["boot"])
