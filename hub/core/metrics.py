"""The hub's status as Prometheus metrics (text format 0.0.4).  Pure: status and machine in, text out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from hub.core.part_metrics import Labels, Metric, of_parts, one

KIND = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Machine:
    """What the process and its machine say of themselves; None: not known here.

    written_bytes: sent to the disk since the start; what wears a memory card.
    under_voltage: the Raspberry Pi's supply is too weak now.
    """

    started_s: float
    cpu_s: float
    resident_bytes: int
    written_bytes: int | None
    free_bytes: int | None
    under_voltage: bool | None


def metrics(status: Mapping[str, Any], machine: Machine) -> str:
    """Every metric with its help and type."""
    lines: list[str] = []
    for name, kind, meaning, samples in (*_of_hub(status), *of_parts(status), *_of_machine(machine)):
        known = [(labels, value) for labels, value in samples if value is not None]
        if known:
            lines += [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
            lines += [f"{name}{_labels(labels)} {value + 0}" for labels, value in known]  # + 0: True is 1
    return "\n".join(lines) + "\n"


def _of_hub(status: Mapping[str, Any]) -> Iterable[Metric]:
    path, outbox = status["path"], status["outbox"]
    who = {"version": status["version"], "hub": status["hub_id"], "tenant": status["tenant"]}
    yield "dosevakt_hub_info", "gauge", "Which hub this is.", [(who, 1)]
    yield "dosevakt_hub_path_up", "gauge", "Connected to the broker.", one(path["up"])
    yield (
        "dosevakt_hub_taken_over",
        "gauge",
        "Another machine with this hub's keys throws it off the broker.",
        one(path["taken_over"]),
    )
    yield (
        "dosevakt_hub_clock_trusted",
        "gauge",
        "The clock follows a source.",
        one(status["clock"]["trusted"]),
    )
    yield (
        "dosevakt_hub_refused_from_centre_total",
        "counter",
        "Messages from above that were not sound.",
        one(path["refused_from_centre"]),
    )
    yield (
        "dosevakt_hub_certificate_days_left",
        "gauge",
        "Days until the TLS certificate ends.",
        one(status["certificate_days_left"]),
    )
    yield (
        "dosevakt_hub_outbox_events",
        "gauge",
        "Events without the centre's receipt.",
        one(outbox["waiting"]),
    )
    yield (
        "dosevakt_hub_outbox_oldest_seconds",
        "gauge",
        "How long the oldest of them waits.",
        one(outbox["oldest_waits_s"]),
    )
    yield (
        "dosevakt_hub_outbox_fault",
        "gauge",
        "The outbox cannot be written.",
        one(outbox["fault"] is not None),
    )


def _of_machine(machine: Machine) -> Iterable[Metric]:
    yield "process_start_time_seconds", "gauge", "Start of the process, Unix time.", one(machine.started_s)
    yield "process_cpu_seconds_total", "counter", "Processor time used.", one(machine.cpu_s)
    yield "process_resident_memory_bytes", "gauge", "Memory in use.", one(machine.resident_bytes)
    yield (
        "dosevakt_hub_written_bytes_total",
        "counter",
        "Bytes this process sent to the disk.",
        one(machine.written_bytes),
    )
    yield (
        "dosevakt_hub_storage_free_bytes",
        "gauge",
        "Room left where the outbox lies.",
        one(machine.free_bytes),
    )
    yield (
        "dosevakt_hub_under_voltage",
        "gauge",
        "The power supply is too weak now.",
        one(machine.under_voltage),
    )


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{key}="{_escaped(value)}"' for key, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
