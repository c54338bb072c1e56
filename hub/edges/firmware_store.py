"""Bundles that lie ready for dispensers: fetched and proven after The Update Framework, kept within bounds.

Loaded in a process of its own (hub/staging.py): python-tuf takes 25 MB, which the hub has better use for.
"""

import os
import shutil
from pathlib import Path

from tuf.api.exceptions import DownloadError, DownloadHTTPError, LengthOrHashMismatchError, RepositoryError
from tuf.ngclient import Updater, UpdaterConfig

from hub.core.staged import StagingJob
from hub.edges.firmware_fetcher import Fetcher
from hub.edges.firmware_folder import staged_file
from protocol.bundle import MAX_BUNDLE, read_bundle
from protocol.errors import MessageError
from protocol.path_updates import NO_ANSWER, NO_ROOM, NOT_PROVEN, NOT_THERE

# The hub's own outbox must be able to grow while a bundle lies here.
SPARE_BYTES = 64 << 20
MAX_LIST_BYTES = 1 << 20  # each of TUF's lists; ours have some KB
MAX_NEW_ROOTS = 32  # a root is renewed once a year


class StagingFault(Exception):
    """It cannot lie ready.  `reason`: of protocol.path_updates; the text is a sentence."""

    def __init__(self, reason: int, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def stage(job: StagingJob, root: bytes, spare_bytes: int = SPARE_BYTES) -> Path:
    """Fetch and prove a bundle, or find it there already.  root: the first root, which came with the hub's keys.

    spare_bytes: what must be left on the disk.  Raises StagingFault; whatever lay there proven still lies there.
    """
    folder = Path(job.folder)
    try:
        (folder / "metadata").mkdir(parents=True, exist_ok=True)
        (folder / "targets").mkdir(exist_ok=True)
        return _proven(_updater(job, root), job, folder, spare_bytes)
    except DownloadHTTPError as error:
        raise StagingFault(NOT_THERE, f"{job.target}: {error}.") from error
    except LengthOrHashMismatchError as error:
        raise StagingFault(
            NOT_PROVEN, f"{job.target}: the bytes are not those of its list ({error})."
        ) from error
    except RepositoryError as error:
        raise StagingFault(NOT_PROVEN, f"The centre's lists are not to be believed: {error}.") from error
    except DownloadError as error:
        raise StagingFault(NO_ANSWER, f"{job.target} cannot be fetched: {error}.") from error
    except OSError as error:
        raise StagingFault(
            NO_ROOM, f"{folder} cannot be written: {error.strerror}; look at the disk."
        ) from error


def _updater(job: StagingJob, root: bytes) -> Updater:
    bounds = UpdaterConfig(
        max_root_rotations=MAX_NEW_ROOTS,
        root_max_length=MAX_LIST_BYTES,
        snapshot_max_length=MAX_LIST_BYTES,
        targets_max_length=MAX_LIST_BYTES,
    )
    folder, url = Path(job.folder), job.url.rstrip("/")
    lists, bundles = str(folder / "metadata"), str(folder / "targets")
    fetcher = Fetcher(Path(job.ca) if job.ca else None)
    return Updater(lists, f"{url}/metadata/", bundles, f"{url}/targets/", fetcher, bounds, bootstrap=root)


def _proven(updater: Updater, job: StagingJob, folder: Path, spare_bytes: int) -> Path:
    info = updater.get_targetinfo(job.target)
    if info is None:
        raise StagingFault(NOT_THERE, f"{job.target} is in no list of the centre.")
    if info.length > MAX_BUNDLE:
        raise StagingFault(
            NOT_PROVEN, f"{job.target} has {info.length} bytes; a bundle has at most {MAX_BUNDLE}."
        )
    final = staged_file(folder, job.target)
    if updater.find_cached_target(info, str(final)) is None:
        if shutil.disk_usage(folder).free < info.length + spare_bytes:
            raise StagingFault(NO_ROOM, f"{folder} has less than {spare_bytes >> 20} MB left; make room.")
        beside = final.with_name(final.name + ".part")
        updater.download_target(info, str(beside))
        with beside.open("rb+") as file:
            os.fsync(file.fileno())
        beside.replace(final)
    _check_digest(final, job.manifest_digest)
    return final


def _check_digest(file: Path, digest: str) -> None:
    """The list was honest; is it also the version that the centre asked for?"""
    try:
        found = read_bundle(file.read_bytes()).manifest_digest().hex()
    except MessageError as error:
        raise StagingFault(NOT_PROVEN, f"{file.name} is no firmware bundle: {error.detail}.") from error
    if found != digest:
        raise StagingFault(NOT_PROVEN, f"{file.name} is another version than the one that was asked for.")
