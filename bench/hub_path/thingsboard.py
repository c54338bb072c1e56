"""thingsboard-gateway with its serial connector and its SQLite store, set up to be as fast as its own options allow.

Wanted: FOLDER/tb, a venv with `thingsboard-gateway pyserial`.
"""

import json
from pathlib import Path
from typing import Any

from bench.hub_path.gateways import Gateway, Setting, Start, in_lines

_MANY = 1_000_000
_NO_LIMIT = "0:0,"
_LIMITS = (
    "rateLimits",
    "dpRateLimits",
    "messagesRateLimits",
    "deviceRateLimits",
    "deviceDpRateLimits",
    "deviceMessagesRateLimits",
)


def thingsboard(peers: Path, tls: bool = False) -> Gateway:
    """Give it a plain broker or one with mutual TLS."""
    python = peers / "tb" / "bin" / "python"
    if not python.exists():
        raise SystemExit(
            f"{python} is missing: python3 -m venv {peers}/tb, then pip install its two packages"
        )

    def start(place: Setting) -> Start:
        config = place.folder / "config"
        (place.folder / "data").mkdir(exist_ok=True)
        (place.folder / "logs").mkdir(exist_ok=True)
        config.mkdir(exist_ok=True)
        for name, content in _files(place, tls).items():
            (config / name).write_text(json.dumps(content))
        program = "from thingsboard_gateway.tb_gateway import main; main()"
        return Start([str(python), "-c", program], place.folder, {"TB_GW_CONFIG_DIR": f"{config}/"})

    return Gateway("thingsboard-gateway, sqlite" + (", TLS" if tls else ""), 4_000, start, in_lines)


def _files(place: Setting, tls: bool) -> dict[str, Any]:
    connector = {
        "type": "serial",
        "name": "Serial",
        "class": "SerialConnector",
        "configuration": "serial.json",
    }
    return {
        "tb_gateway.json": {
            "thingsboard": {**_server(place, tls), **_quick()},
            "storage": _store(),
            "grpc": {"enabled": False},
            "connectors": [connector],
        },
        "serial.json": _serial(place.tty),
        "logs.json": {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {},
            "handlers": {},
            "loggers": {},
            "root": {"level": "ERROR", "handlers": []},
        },
        "list.json": {},
    }


def _server(place: Setting, tls: bool) -> dict[str, Any]:
    if not tls:
        security = {"type": "accessToken", "accessToken": "bench"}
        return {"host": "127.0.0.1", "port": place.plain_port, "security": security}
    pair = place.keys.hub.tls
    security = {
        "type": "tls",
        "caCert": str(place.keys.installation.ca),
        "cert": str(pair.certificate),
        "privateKey": str(pair.key),
    }
    return {"host": "127.0.0.1", "port": place.tls_port, "security": security}


def _quick() -> dict[str, Any]:
    """No limits, no side work, and packs that leave every 50 ms, the shortest that it takes."""
    return {
        "remoteShell": False,
        "remoteConfiguration": False,
        "latencyDebugMode": False,
        "handleDeviceRenaming": False,
        "statistics": {"enable": False},
        "deviceFiltering": {"enable": False, "filterFile": "list.json"},
        "checkingDeviceActivity": {"checkDeviceInactivity": False},
        "checkConnectorsConfigurationInSeconds": 60,
        "maxPayloadSizeBytes": 8196,
        "minPackSendDelayMS": 50,
        "minPackSizeToSend": 500,
        "qos": 1,
        "reportStrategy": {"type": "ON_RECEIVED"},
        **dict.fromkeys(_LIMITS, _NO_LIMIT),
    }


def _store() -> dict[str, Any]:
    return {
        "type": "sqlite",
        "data_file_path": "./data/",
        "data_folder_path": "./data/",
        "max_read_records_count": 1000,
        "read_records_count": 1000,
        "max_records_count": _MANY,
        "messages_ttl_check_in_hours": 1,
        "messages_ttl_in_days": 7,
    }


def _serial(tty: str) -> dict[str, Any]:
    device = {
        "name": "Dispenser",
        "type": "default",
        "port": tty,
        "baudrate": 115_200,
        "delimiter": "\n",
        "converter": "SerialUplinkConverter",
        "downlink_converter": "SerialDownlinkConverter",
        "telemetry": [{"type": "string", "key": "ev", "untilDelimiter": "\n"}],
        "attributes": [],
        "attributeUpdates": [],
        "serverSideRpc": [],
    }
    return {
        "name": "Serial",
        "id": "serial-1",
        "logLevel": "ERROR",
        "uplinkQueueSize": _MANY,
        "devices": [device],
    }
