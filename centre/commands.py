"""The commands of dosevakt-centre that do one thing and end.  Each returns what is printed as JSON."""

import getpass
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from centre.config import Config
from centre.core.plan_fields import PlanError
from centre.edges import accounts, alarm_store, registry
from centre.edges.alarm_store import Who
from centre.edges.clock import Clock
from centre.edges.database import Database
from centre.edges.desk import Desk, HandedBack, NotActivated
from centre.edges.keys import CentreKey
from centre.edges.registry import EnrolError
from protocol.errors import MessageError

Answer = dict[str, object]
REFUSALS = (EnrolError, PlanError, NotActivated, HandedBack, MessageError, LookupError, ValueError)
STATION = "command line"


class CommandError(Exception):
    """The command was refused; the text is a sentence."""


class Counter:
    """What a command needs: the open transaction, the tenant, the desk, and whose doing it is."""

    def __init__(self, connection: Connection, config: Config, key: CentreKey) -> None:
        clock = Clock(config.demo_clock)
        self.connection = connection
        self.tenant = config.centre.tenant
        self.desk = Desk(self.tenant, key, config.centre.time_zone)
        self.who = Who(_user(), STATION, clock.utc_s(), clock.wall_s())


def run(name: str, options: Mapping[str, Any], config: Config, database: Database, key: CentreKey) -> Answer:
    """Run one command in one transaction.  Raises CommandError."""
    try:
        with database.write() as connection:
            return COMMANDS[name](Counter(connection, config, key), options)
    except REFUSALS as error:
        raise CommandError(str(error)) from error


def _enrol_hub(counter: Counter, options: Mapping[str, Any]) -> Answer:
    point = _point(options["public_point"])
    hub_id = registry.enrol_hub(counter.connection, counter.tenant, point, options["label"])
    alarm_store.note(counter.connection, counter.tenant, "enrol_hub", counter.who, hub_id)
    return {"hub_id": hub_id}


def _enrol_device(counter: Counter, options: Mapping[str, Any]) -> Answer:
    point = _point(options["public_point"])
    model, hub, label = options["model"], options["hub"], options["label"]
    device_id = registry.enrol_device(counter.connection, counter.tenant, point, model, hub, label)
    alarm_store.note(counter.connection, counter.tenant, "enrol_device", counter.who, device_id)
    return {"device_id": device_id}


def _issue_plan(counter: Counter, options: Mapping[str, Any]) -> Answer:
    path: Path = options["plan"]
    try:
        written = json.loads(sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read ({error.strerror}).") from error
    plan, number = counter.desk.issue_plan(counter.connection, options["device"], written, counter.who)
    return {"plan_id": plan.plan_id.hex(), "version": plan.version, "counter": number}


def _activate_plan(counter: Counter, options: Mapping[str, Any]) -> Answer:
    device, plan_id = options["device"], options["plan_id"]
    return {"counter": counter.desk.activate_plan(counter.connection, device, plan_id, counter.who)}


def _new_account(counter: Counter, options: Mapping[str, Any]) -> Answer:
    name, role = options["name"], options["role"]
    accounts.new_account(counter.connection, counter.tenant, name, role, _password())
    alarm_store.note(counter.connection, counter.tenant, "new_account", counter.who, f"{name} {role}")
    return {"account": name, "role": role}


COMMANDS: dict[str, Callable[[Counter, Mapping[str, Any]], Answer]] = {
    "enrol-hub": _enrol_hub,
    "enrol-device": _enrol_device,
    "issue-plan": _issue_plan,
    "activate-plan": _activate_plan,
    "new-account": _new_account,
}


def _point(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise CommandError("The public point must be 65 bytes written in hex.") from error


def _password() -> str:
    return getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "somebody"
