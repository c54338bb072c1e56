"""dosevakt-centre: reads the settings, builds the centre and runs it; the one place that catches everything."""

import argparse
import asyncio
import json
import logging
import socket
import sys
from pathlib import Path

import structlog

from centre import commands
from centre.config import Config, ConfigError, load
from centre.daemon import Daemon
from centre.edges import registry
from centre.edges.database import Database, DatabaseRefused
from centre.edges.keys import CentreKey, KeyFileError

EXIT_REFUSED = 2


def main(arguments: list[str] | None = None) -> int:
    """Run one command.  Returns the exit code: 0 done, 1 failed, 2 refused with a sentence."""
    options = _parser().parse_args(arguments)
    try:
        config = load(options.config)
        _log_to_stderr(config.log.level)
        key = CentreKey.from_file(config.centre.signing_key)
        return _run(options, config, key)
    except (ConfigError, KeyFileError, DatabaseRefused, commands.CommandError) as error:
        print(error, file=sys.stderr)
        return EXIT_REFUSED
    except KeyboardInterrupt:
        return 0
    except Exception:
        structlog.get_logger("centre").exception("the centre failed")
        return 1


def _run(options: argparse.Namespace, config: Config, key: CentreKey) -> int:
    database = Database(config.centre.database)
    try:
        _prepare(database, config.centre.tenant)
        if options.command in (None, "serve"):
            asyncio.run(_serve(config, database, key))
        elif options.command != "migrate":
            answer = commands.run(options.command, vars(options), config, database, key)
            print(json.dumps(answer))
    finally:
        database.close()
    return 0


def _prepare(database: Database, tenant: str) -> None:
    """The tables and the tenant's row, before anybody can knock: every other row hangs on them."""
    database.migrate()
    with database.write() as connection:
        registry.ensure_tenant(connection, tenant)


async def _serve(config: Config, database: Database, key: CentreKey) -> None:
    listener = _listen(config.web.host, config.web.port)
    host, port = listener.getsockname()[:2]
    print(json.dumps({"board": f"http://{host}:{port}", "centre": key.kid.hex()}), flush=True)
    await Daemon(config, database, key).run(listener)


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigError(
            f"[web] {host}:{port} cannot be used ({error.strerror}); stop what uses it or choose another port."
        ) from error
    return listener


def _log_to_stderr(level: str) -> None:
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dosevakt-centre", description="The Dosevakt response centre.")
    parser.add_argument("--config", type=Path, required=True, help="settings, TOML")
    subs = parser.add_subparsers(dest="command", metavar="COMMAND")
    subs.add_parser("serve", help="take in events and show the board (the default)")
    subs.add_parser("migrate", help="bring the database to this version, and end")
    hub = subs.add_parser("enrol-hub", help="register a hub by its event key")
    hub.add_argument("--public-point", required=True, help="65 bytes, hex, uncompressed")
    hub.add_argument("--label", required=True, help="where it hangs; never a person's name")
    device = subs.add_parser("enrol-device", help="register a dispenser")
    device.add_argument("--public-point", required=True, help="65 bytes, hex, uncompressed")
    device.add_argument("--model", default="tablet", help="tablet or multidose")
    device.add_argument("--hub", required=True, help="hub id, hex")
    device.add_argument(
        "--label", required=True, help="a place, such as a flat number; never a person's name"
    )
    plan = subs.add_parser("issue-plan", help="check, sign and send a plan")
    plan.add_argument("--device", required=True, help="device id, hex")
    plan.add_argument("plan", type=Path, help="the plan, JSON ('-' reads standard input)")
    activate = subs.add_parser("activate-plan", help="confirm that what lies in the device matches the plan")
    activate.add_argument("--device", required=True, help="device id, hex")
    activate.add_argument("--plan-id", required=True, help="hex")
    account = subs.add_parser("new-account", help="make an account; the password comes on standard input")
    account.add_argument("name")
    account.add_argument("--role", default="operator", help="operator, nurse, technician or lead")
    return parser


if __name__ == "__main__":
    sys.exit(main())
