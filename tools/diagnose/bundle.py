"""The file for support: what was found, without anybody in it.

Plain text, uncompressed: who sends it can read it first, and a search over its bytes proves what is not there.
"""

import json
import platform
import secrets
import zipfile
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any

from protocol.cose import device_id_of
from tools.diagnose.facts import Facts
from tools.diagnose.finding import without_foreign
from tools.diagnose.harmless import of_console, of_device, of_hub
from tools.diagnose.redacting import Redactor
from tools.diagnose.registry import Finding
from tools.exit_codes import USAGE
from tools.refusal import Refusal

SALT_BYTES = 16
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first a zip can say: when this was made is nobody's matter

READ_ME = """\
Bundle {name} of `dosevakt diagnose --bundle`.

It holds what the twenty checks found, numbers of the device and of its hub, and the last lines that the device printed.
Names, labels, keys, ids, addresses, paths and the hub's own sentences are left out, or replaced by pseudonyms that mean
something in this bundle only.  Read it before you send it; docs/diagnose.md says what each check means.
"""


def write_bundle(path: Path, facts: Facts, findings: list[Finding]) -> None:
    """Write it.  Raises Refusal when the file cannot be made."""
    redactor = redactor_for(facts, secrets.token_bytes(SALT_BYTES))
    try:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_STORED) as bundle:
            for name, text in parts(facts, findings, redactor).items():
                entry = zipfile.ZipInfo(name, _EPOCH)
                entry.external_attr = 0o644 << 16  # so that what is unpacked can be read
                bundle.writestr(entry, text)
    except OSError as error:
        if not isinstance(error, FileExistsError):
            with suppress(OSError):
                path.unlink()  # half a bundle is none, and would be in the next run's way
        raise Refusal(USAGE, f"{path} cannot be written ({error.strerror}).") from error


def redactor_for(facts: Facts, salt: bytes) -> Redactor:
    """A redactor that knows every name and id the tool has met."""
    redactor = Redactor(salt)
    device, hub = facts.device, facts.hub.status or {}
    redactor.know("port", [facts.machine.port, Path(facts.machine.port).name])
    if device.hello:
        point = device.hello.public_point
        redactor.know("device", [device_id_of(point).hex(), point.hex()])
    redactor.know("hub", [hub.get("hub_id")])
    redactor.know("tenant", [hub.get("tenant")])
    return redactor


def parts(facts: Facts, findings: list[Finding], redactor: Redactor) -> dict[str, str]:
    """File name -> text, clean."""
    texts = {
        "README.txt": READ_ME.format(name=redactor.pseudonym("bundle", "")),
        "report.txt": "\n".join(map(_line, findings)) + "\n",
        "console.txt": of_console(facts.device.console),
    }
    values = {
        "report.json": [_row(finding) for finding in findings],
        "device.json": of_device(facts.device),
        "hub.json": of_hub(facts.hub.status, redactor.pseudonym),
        "versions.json": _versions(),
    }
    clean = {name: redactor.clean(text) for name, text in texts.items()}
    return clean | {name: _json(redactor.clean_all(value)) for name, value in values.items()}


def _row(finding: Finding) -> dict[str, Any]:
    row = finding.as_dict()
    row["sentence"] = without_foreign(finding.answer.sentence)
    return row


def _line(finding: Finding) -> str:
    answer = finding.answer
    return f"{finding.code} {answer.verdict:<4}  {finding.name}: {without_foreign(answer.sentence)}"


def _versions() -> dict[str, str]:
    return {
        "tool": metadata.version("dosevakt"),
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
    }


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, sort_keys=True) + "\n"
