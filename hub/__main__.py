"""dosevakt-hub: reads the config, builds the daemon, runs it.  The one place that catches everything."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from hub import VERSION
from hub.config_apart import SettingsUnreadError, settings_of
from hub.daemon import Daemon
from hub.edges.credentials import Credentials, read_credentials
from hub.edges.log import start_log
from hub.edges.status_socket import ask
from hub.edges.system_clock import SystemClock
from hub.settings import Settings
from hub.start import StartFaultError
from hub.status_words import in_words

DEFAULT_CONFIG = Path("/etc/dosevakt-hub/hub.toml")
DONE, FAILED, REFUSED = 0, 1, 2  # exit codes; 2 also for usage, as argparse does


def main(arguments: list[str] | None = None) -> int:
    """Console entry.  Returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="dosevakt-hub", description="Carries events from dispensers to the response centre."
    )
    parser.add_argument("command", nargs="?", choices=("run", "status"), default="run")
    parser.add_argument(
        "--config", type=Path, default=DEFAULT_CONFIG, help=f"settings (default {DEFAULT_CONFIG})"
    )
    parser.add_argument(
        "--check", action="store_true", help="check settings, keys and certificate, show them, and stop"
    )
    parser.add_argument("--json", action="store_true", help="status as JSON")
    parser.add_argument("--version", action="version", version=VERSION)
    chosen = parser.parse_args(arguments)
    if chosen.check:
        return _check(chosen.config)
    try:
        settings = settings_of(chosen.config)
    except SettingsUnreadError as fault:
        print(fault, file=sys.stderr)
        return FAILED
    if isinstance(settings, list):
        return _refused(settings)
    if chosen.command == "status":
        return _status(settings, chosen.json)
    credentials, problems = read_credentials(settings)
    return _refused(_placed(chosen.config, problems)) if credentials is None else _run(settings, credentials)


def _refused(problems: list[str]) -> int:
    print(*problems, sep="\n", file=sys.stderr)
    return REFUSED


def _placed(path: Path, problems: list[str]) -> list[str]:
    from hub.config import place_problems  # not for the hub that runs: see config_apart.py

    return place_problems(path, problems)


def _check(path: Path) -> int:
    """Show the effective settings and every problem that can be seen without a connection."""
    from hub.config import ConfigRefusedError, read_config  # not for the hub that runs: see config_apart.py

    try:
        config = read_config(path)
    except ConfigRefusedError as refused:
        return _refused(refused.problems)
    credentials, problems = read_credentials(config.settings())
    shown: dict[str, Any] = {"config": config.effective(), "hub_id": None, "certificate_days_left": None}
    if credentials is not None:
        now_s = SystemClock().real_utc_s()
        shown["hub_id"] = credentials.event_key.hub_id.hex()
        shown["certificate_days_left"] = credentials.validity.days_left(now_s)
        fault = credentials.validity.fault(now_s)
        problems += [f"broker.certificate: {fault}"] if fault else []
    shown["problems"] = problems = _placed(path, problems)
    print(json.dumps(shown, indent=2))
    print(*problems, sep="\n", file=sys.stderr, end="\n" if problems else "")
    return REFUSED if problems else DONE


def _status(settings: Settings, as_json: bool) -> int:
    try:
        status = ask(settings.hub.socket_dir)
    except PermissionError:
        print(
            f"You may not ask the hub in {settings.hub.socket_dir}: be root, or join the group of its folder.",
            file=sys.stderr,
        )
        return FAILED
    except (OSError, ValueError):
        print(
            f"No hub answers in {settings.hub.socket_dir}: start it, or see its log for why it ended.",
            file=sys.stderr,
        )
        return FAILED
    print(json.dumps(status, indent=2) if as_json else "\n".join(in_words(status)))
    return DONE


def _run(settings: Settings, credentials: Credentials) -> int:
    log = start_log(settings.log.level)
    try:
        asyncio.run(Daemon(settings, credentials, log).run())
    except StartFaultError as fault:
        log.error("hub cannot start", why=str(fault))
        return FAILED
    except Exception:  # a fault of ours: nothing unacknowledged is lost; systemd starts the hub again
        log.exception("hub failed")
        return FAILED
    return DONE


if __name__ == "__main__":
    sys.exit(main())
