"""What a technician reads and gets at the end of an enrolment: the sentence, the facts, the label."""

import os
import sys
from pathlib import Path

from tools.manners.talk import Talk
from tools.provisioning import label as labels
from tools.provisioning.enrolling import Asked, Owned

UNCHECKED = (
    "This device was flashed without an enrolment key: it took the certificate on your word alone. "
    "Flash it with enrolment.pub before it goes to a patient."
)


def tell_owned(asked: Asked, owned: Owned, talk: Talk, qr: Path | None, serial_number: str) -> None:
    """The last word on one device."""
    if not owned.checked:
        talk.warn(UNCHECKED)
    if qr is not None:
        labels.save(qr, asked.device_id, asked.word, asked.model)
        talk.say(f"Its label is {qr}.")
    draw(asked, talk)
    state = f"belongs to {owned.certificate.tenant} until {owned.until}"
    again = "" if owned.changed else " already; nothing in it changed"
    sentence = f"Dispenser {asked.device_id} ({asked.model}, {asked.word}) {state}{again}."
    talk.result(sentence, serial_number=serial_number, **facts(asked, owned))
    talk.next("dosevakt diagnose")


def facts(asked: Asked, owned: Owned) -> dict[str, object]:
    """For --json and the service record."""
    return {
        "device_id": asked.device_id,
        "model": asked.model,
        "version": asked.request.version,
        "word": asked.word,
        "certificate": owned.certificate.serial.hex(),
        "until": owned.until,
        "tenant": owned.certificate.tenant,
        "changed": owned.changed,
        "checked": owned.checked,
    }


def draw(asked: Asked, talk: Talk) -> None:
    """The code on the terminal, where somebody looks."""
    if not talk.as_json and sys.stderr.isatty():
        print(labels.as_text(asked.device_id, asked.word, "NO_COLOR" not in os.environ), file=sys.stderr)
