"""The twenty checks, by number.  A number is never given to another check; docs/diagnose.md lists them all."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tools.diagnose import checks_device, checks_hub, checks_machine, checks_parts
from tools.diagnose.facts import Facts
from tools.diagnose.finding import Answer, plain


@dataclass(frozen=True)
class Check:
    """One question.  `judge` is pure."""

    code: str
    name: str
    judge: Callable[[Facts], Answer]


CHECKS = (
    Check("D001", "port access", checks_machine.port_access),
    Check("D002", "udev rule", checks_machine.udev_rule),
    Check("D003", "ModemManager", checks_machine.modem_manager),
    Check("D004", "firmware signature", checks_device.firmware_signature),
    Check("D005", "clock drift", checks_device.clock_drift),
    Check("D006", "battery", checks_device.battery),
    Check("D007", "motor home", checks_parts.motor_home),
    Check("D008", "encoder", checks_parts.encoder),
    Check("D009", "pick-up beam", checks_parts.beam),
    Check("D010", "speaker", checks_parts.speaker),
    Check("D011", "tag reader", checks_parts.tag_reader),
    Check("D012", "flash wear and room", checks_device.flash_wear),
    Check("D013", "journal chain", checks_device.journal_chain),
    Check("D014", "plan", checks_device.load_plan),
    Check("D015", "hub", checks_hub.hub_reachable),
    Check("D016", "broker TLS", checks_hub.broker_tls),
    Check("D017", "certificate days", checks_hub.certificate_days),
    Check("D018", "outbox", checks_hub.outbox),
    Check("D019", "undervoltage", checks_hub.under_voltage),
    Check("D020", "end-to-end proof", checks_hub.end_to_end),
)


@dataclass(frozen=True)
class Finding:
    """A check and its answer."""

    code: str
    name: str
    answer: Answer

    def as_dict(self) -> dict[str, Any]:
        """For --json."""
        answer = self.answer
        return {
            "code": self.code,
            "name": self.name,
            "verdict": answer.verdict,
            "sentence": plain(answer.sentence),
            "todo": answer.todo,
            "numbers": answer.numbers,
        }


def judged(facts: Facts) -> list[Finding]:
    """Every check's finding, in order."""
    return [Finding(check.code, check.name, check.judge(facts)) for check in CHECKS]
