"""File names in the settings: relative ones, and credentials that systemd passes."""

import os
from pathlib import Path
from typing import Any

CREDENTIAL = "credential:"  # "credential:hub.key": what LoadCredential= of the service passed under that name
KEYS_FOLDER = "keys"  # beside hub.toml: where dosevakt-hub.service loads the credentials from

_FILES = (
    ("hub", "event_key"),
    ("hub", "state_dir"),
    ("hub", "runtime_dir"),
    ("ports", "by_id_dir"),
    ("broker", "ca"),
    ("broker", "certificate"),
    ("broker", "key"),
    ("centre", "public_key"),
    ("firmware", "root"),
    ("firmware", "ca"),
)


def from_folder(tables: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Make relative file names absolute, so that the hub can be started from anywhere."""
    for table, key in _FILES:
        inner = tables.get(table)
        if isinstance(inner, dict) and isinstance(inner.get(key), str):
            inner[key] = str(_file(inner[key], folder))
    for port in tables["port"] if isinstance(tables.get("port"), list) else ():
        if isinstance(port, dict) and isinstance(port.get("path"), str):
            port["path"] = str(folder / port["path"])
    return tables


def _file(name: str, folder: Path) -> Path:
    """Of a credential: where systemd put it; a check by hand, outside the service, reads what the service would get."""
    if not name.startswith(CREDENTIAL):
        return folder / name
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    return (Path(given) if given else folder / KEYS_FOLDER) / name.removeprefix(CREDENTIAL)
