"""Read the settings in a child process: what it takes to judge them (pydantic: 10 MB) never enters the running hub."""

import os
import pickle
from pathlib import Path

from hub.settings import Settings


class SettingsUnreadError(Exception):
    """The child ended before it could judge the settings: short of memory, or what it loads could not be read.

    They may be sound, so the hub is to be started again.
    """


def settings_of(path: Path) -> Settings | list[str]:
    """The settings of a file and its drop-ins, or one sentence for each of their problems.

    Forks: call it before any thread or task exists.  Raises SettingsUnreadError.
    """
    answer, question = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(answer)
            with open(question, "wb") as pipe:
                pickle.dump(_read(path), pipe)
            code = 0
        finally:
            os._exit(code)  # nothing of the parent's may be flushed or closed twice
    os.close(question)
    with open(answer, "rb") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SettingsUnreadError(
            f"{path}: the settings could not be read; run dosevakt-hub --check to see why."
        )
    found: Settings | list[str] = pickle.loads(told)  # from our own child
    return found


def _read(path: Path) -> Settings | list[str]:
    from hub.config import ConfigRefusedError, read_config  # in the child alone

    try:
        return read_config(path).settings()
    except ConfigRefusedError as refused:
        return refused.problems
