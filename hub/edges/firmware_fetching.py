"""Start the fetching process, wait for its one line, and end it when it takes too long."""

import asyncio
import os
import sys
from pathlib import Path

from hub.core.staged import StagingJob, StagingResult, decode_result
from hub.settings import FirmwareSettings
from protocol.path_updates import HUB_FAULT, NO_REPOSITORY, PrepareUpdate

# 560 KB over a line of 5 kbit/s.  A fetching process that is ended begins its bundle anew.
FETCH_LIMIT_S = 900.0


_RUN = "import sys; sys.path[:0] = sys.argv[1:]; from hub.staging import main; sys.exit(main())"


def _command() -> list[str]:
    """The same Python, with our own way to modules: the package's launcher looks nowhere else (-I, -S)."""
    paths = [path or os.getcwd() for path in sys.path]
    return [sys.executable, "-IS" if sys.flags.no_site else "-I", "-c", _RUN, *paths]


class FirmwareFetching:
    """settings: None when the hub knows no repository."""

    def __init__(
        self, settings: FirmwareSettings | None, folder: Path, limit_s: float = FETCH_LIMIT_S
    ) -> None:
        self._settings = settings
        self._folder = folder
        self._limit_s = limit_s

    async def fetch(self, asked: PrepareUpdate) -> StagingResult:
        """Never raises: what went wrong is the result."""
        if self._settings is None:
            return StagingResult(
                NO_REPOSITORY, "There is no [firmware] in the settings; add its url and root."
            )
        job = self._job(self._settings, asked)
        try:
            process = await asyncio.create_subprocess_exec(
                *_command(),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            return StagingResult(HUB_FAULT, f"The fetching process cannot be started ({error.strerror}).")
        try:
            async with asyncio.timeout(self._limit_s):
                said, _ = await process.communicate(job.encode().encode() + b"\n")
        except TimeoutError:
            return StagingResult(HUB_FAULT, "The fetching process took too long and was ended.")
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return decode_result(said.decode(errors="replace"))

    def _job(self, settings: FirmwareSettings, asked: PrepareUpdate) -> StagingJob:
        ca = str(settings.ca) if settings.ca is not None else ""
        digest = asked.manifest_digest.hex()
        return StagingJob(settings.url, str(settings.root), ca, str(self._folder), asked.target, digest)
