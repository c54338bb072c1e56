"""Node-RED with a flow of two nodes: serial in, mqtt out at QoS 1.  It keeps nothing on disk.

Wanted: FOLDER/nr/node_modules with `node-red node-red-node-serialport`, and node.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from bench.hub_path.gateways import Gateway, Setting, Start, in_lines
from tools.brokers.ports import free_port


def nodered(peers: Path, tls: bool = False) -> Gateway:
    """Give it a plain broker or one with mutual TLS."""
    modules = peers / "nr" / "node_modules"
    node = shutil.which("node")
    if node is None or not (modules / "node-red").exists():
        raise SystemExit(f"{modules}/node-red or node is missing: npm install it in {peers}/nr")

    def start(place: Setting) -> Start:
        folder = place.folder / "node-red"
        folder.mkdir(exist_ok=True)
        if not (folder / "node_modules").exists():
            (folder / "node_modules").symlink_to(modules)
        needs = {"name": "bench", "version": "1.0.0", "dependencies": {"node-red-node-serialport": "*"}}
        (folder / "package.json").write_text(json.dumps(needs))
        (folder / "flows.json").write_text(json.dumps(_flow(place, tls)))
        (folder / "settings.js").write_text(f"module.exports = {json.dumps(_settings())};\n")
        program = str(modules / "node-red" / "red.js")
        argv = [node, program, "-u", str(folder), "-s", str(folder / "settings.js")]
        return Start(argv, folder, {"NODE_PATH": str(modules)})

    return Gateway("Node-RED" + (", TLS" if tls else ""), 20_000, start, in_lines)


def _settings() -> dict[str, Any]:
    return {
        "flowFile": "flows.json",
        "uiHost": "127.0.0.1",
        "uiPort": free_port(),
        "httpAdminRoot": False,
        "httpNodeRoot": False,
        "disableEditor": True,
        "credentialSecret": False,
        "logging": {"console": {"level": "warn"}},
        "editorTheme": {},
    }


def _flow(place: Setting, tls: bool) -> list[dict[str, Any]]:
    pair = place.keys.hub.tls
    return [
        {"id": "tab", "type": "tab", "label": "hub"},
        _port(place.tty),
        {"id": "in", "type": "serial in", "z": "tab", "name": "", "serial": "port", "wires": [["out"]]},
        {
            "id": "tls",
            "type": "tls-config",
            "name": "",
            "cert": str(pair.certificate),
            "key": str(pair.key),
            "ca": str(place.keys.installation.ca),
            "verifyservercert": True,
        },
        _broker(place.tls_port if tls else place.plain_port, tls),
        {
            "id": "out",
            "type": "mqtt out",
            "z": "tab",
            "name": "",
            "topic": "hub/ev",
            "qos": "1",
            "retain": "false",
            "broker": "broker",
            "wires": [],
        },
    ]


def _port(tty: str) -> dict[str, Any]:
    return {
        "id": "port",
        "type": "serial-port",
        "name": "",
        "serialport": tty,
        "serialbaud": "115200",
        "databits": "8",
        "parity": "none",
        "stopbits": "1",
        "waitfor": "",
        **dict.fromkeys(("dtr", "rts", "cts", "dsr"), "none"),
        "newline": "\\n",
        "bin": "false",
        "out": "char",
        "addchar": "",
        "responsetimeout": "10000",
    }


def _broker(port: int, tls: bool) -> dict[str, Any]:
    return {
        "id": "broker",
        "type": "mqtt-broker",
        "name": "",
        "broker": "127.0.0.1",
        "port": str(port),
        "clientid": "node-red",
        "autoConnect": True,
        "usetls": tls,
        "tls": "tls" if tls else "",
        "protocolVersion": "5",
        "keepalive": "60",
        "cleansession": False,
        "sessionExpiry": "3600",
        "autoUnsubscribe": True,
        **dict.fromkeys(("birthTopic", "closeTopic", "willTopic"), ""),
    }
