"""The fetching process: one job as a line on stdin, one result as a line on stdout, then it ends."""

import sys
from pathlib import Path

from hub.core.staged import StagingResult, decode_job
from hub.edges.firmware_store import StagingFault, stage
from protocol.path_updates import HUB_FAULT


def main() -> int:
    """Always 0: what went wrong stands in the result."""
    job = decode_job(sys.stdin.readline())
    try:
        root = Path(job.root).read_bytes()
        stage(job, root)
        result = StagingResult(0)
    except StagingFault as fault:
        result = StagingResult(fault.reason, str(fault))
    except OSError as fault:
        result = StagingResult(HUB_FAULT, f"The first root {job.root} cannot be read: {fault.strerror}.")
    sys.stdout.write(result.encode() + "\n")
    return 0
