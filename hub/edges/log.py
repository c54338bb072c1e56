"""Logs as JSON lines on stderr: device ids and sentences, never a patient, never a key."""

import logging
import sys

import structlog
from structlog.typing import FilteringBoundLogger


def start_log(level: str) -> FilteringBoundLogger:
    """The one logger of the process."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    log: FilteringBoundLogger = structlog.get_logger()
    return log
