"""Logs on stderr: device ids and sentences, never a patient, never a key, never what an event or command holds.

JSON lines for files and tests.  Below systemd, sentences that journalctl can read and filter by priority: the journal
has time and unit of its own.
"""

import logging
import os
import sys
from typing import TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

# sd-daemon(3): a line that begins with <n> gets that syslog priority.
_PRIORITY = {"debug": 7, "info": 6, "warning": 4, "error": 3, "critical": 2}


def start_log(level: str) -> FilteringBoundLogger:
    """The one logger of the process."""
    shape: list[Processor] = [
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(),
    ]
    if is_journal(sys.stderr):
        shape = [for_journal]
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.format_exc_info, *shape],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    log: FilteringBoundLogger = structlog.get_logger()
    return log


def is_journal(stream: TextIO) -> bool:
    """Does the journal read this stream?  systemd names its device and inode in $JOURNAL_STREAM (systemd.exec(5))."""
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):  # closed, or no file at all
        return False
    return os.environ.get("JOURNAL_STREAM") == f"{found.st_dev}:{found.st_ino}"


def for_journal(_logger: WrappedLogger, _method: str, entry: EventDict) -> str:
    """One line `<priority>event: key=value ...`; each line of a trace gets the priority too."""
    mark = f"<{_PRIORITY.get(entry.pop('level', 'info'), 6)}>"
    event, why, trace = entry.pop("event"), entry.pop("why", None), entry.pop("exception", "")
    facts = [f"{key}={value}" for key, value in entry.items()]
    words = [f"{event}:", *([str(why)] if why else []), *facts] if why or facts else [str(event)]
    lines = [" ".join(words), *str(trace).splitlines()]
    return "\n".join(mark + line.replace("\n", " ") for line in lines)
