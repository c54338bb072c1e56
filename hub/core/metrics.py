"""The hub's status as Prometheus metrics (text format 0.0.4).  Pure: status and machine in, text out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

KIND = "text/plain; version=0.0.4; charset=utf-8"
Labels = Mapping[str, str]
Sample = tuple[Labels, float | int | None]


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


# Of each port, since the hub started; the names are those of `status --json`.
_COUNTS = (
    ("openings", "Times the port was opened."),
    ("bytes_in", "Bytes that came, noise included."),
    ("bytes_out", "Bytes sent."),
    ("frames_in", "Sound frames."),
    ("frames_out", "Frames sent."),
    ("messages_in", "Whole messages that came."),
    ("messages_out", "Whole messages sent."),
    ("bad_frames", "Frames with a wrong checksum."),
    ("strays", "Sound frames of no session that stands."),
    ("duplicates", "Frames that had come before."),
    ("gaps", "Frames that came before their turn."),
    ("resends", "Frames sent again."),
    ("silences", "Times the dispenser was silent for 15 s."),
    ("starts", "Sessions begun or tried."),
)
_GAUGES = (
    ("srtt_ms", "Smoothed round trip of the link."),
    ("resend_ms", "After so long without an answer a frame is sent again."),
    ("window", "Frames that may be under way at once."),
    ("peer_room", "Messages the dispenser has room for."),
)


def metrics(status: Mapping[str, Any], machine: Machine) -> str:
    """Every metric with its help and type."""
    lines: list[str] = []
    for name, kind, meaning, samples in (*_of_hub(status), *_of_parts(status), *_of_machine(machine)):
        known = [(labels, value) for labels, value in samples if value is not None]
        if known:
            lines += [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}"]
            lines += [f"{name}{_labels(labels)} {value + 0}" for labels, value in known]  # + 0: True is 1
    return "\n".join(lines) + "\n"


Metric = tuple[str, str, str, Iterable[Sample]]


def _one(value: float | int | None) -> Iterable[Sample]:
    return [({}, value)]


def _of_hub(status: Mapping[str, Any]) -> Iterable[Metric]:
    path, outbox = status["path"], status["outbox"]
    who = {"version": status["version"], "hub": status["hub_id"], "tenant": status["tenant"]}
    yield "dosevakt_hub_info", "gauge", "Which hub this is.", [(who, 1)]
    yield "dosevakt_hub_path_up", "gauge", "Connected to the broker.", _one(path["up"])
    yield (
        "dosevakt_hub_clock_trusted",
        "gauge",
        "The clock follows a source.",
        _one(status["clock"]["trusted"]),
    )
    yield (
        "dosevakt_hub_refused_from_centre_total",
        "counter",
        "Messages from above that were not sound.",
        _one(path["refused_from_centre"]),
    )
    yield (
        "dosevakt_hub_certificate_days_left",
        "gauge",
        "Days until the TLS certificate ends.",
        _one(status["certificate_days_left"]),
    )
    yield (
        "dosevakt_hub_outbox_events",
        "gauge",
        "Events without the centre's receipt.",
        _one(outbox["waiting"]),
    )
    yield (
        "dosevakt_hub_outbox_oldest_seconds",
        "gauge",
        "How long the oldest of them waits.",
        _one(outbox["oldest_waits_s"]),
    )
    yield (
        "dosevakt_hub_outbox_fault",
        "gauge",
        "The outbox cannot be written.",
        _one(outbox["fault"] is not None),
    )


def _of_parts(status: Mapping[str, Any]) -> Iterable[Metric]:
    ports, devices = status["ports"], status["devices"]
    yield "dosevakt_hub_ports_left_alone", "gauge", "Ports not served.", _one(len(status["left_alone"]))
    yield (
        "dosevakt_hub_port_state",
        "gauge",
        "1 for the state the port is in.",
        [({"port": port["port"], "state": port["state"]}, 1) for port in ports],
    )
    for key, meaning in _COUNTS:
        samples = [({"port": port["port"]}, port[key]) for port in ports]
        yield f"dosevakt_hub_port_{key}_total", "counter", meaning, samples
    for key, meaning in _GAUGES:
        samples = [({"port": port["port"]}, port[key]) for port in ports]
        yield f"dosevakt_hub_port_{key}", "gauge", meaning, samples
    for key, meaning in (
        ("linked", "The dispenser's link is up."),
        ("lost", "The dispenser is silent and its silence has been told."),
        ("last_seq", "Newest event the hub holds or held."),
        ("receipted_seq", "Newest event the centre has signed for."),
        ("waiting", "Its events without the centre's receipt."),
        ("urgent_waiting", "Events that call a person, among those."),
    ):
        samples = [({"device": device["device_id"]}, device[key]) for device in devices]
        yield f"dosevakt_hub_device_{key}", "gauge", meaning, samples


def _of_machine(machine: Machine) -> Iterable[Metric]:
    yield "process_start_time_seconds", "gauge", "Start of the process, Unix time.", _one(machine.started_s)
    yield "process_cpu_seconds_total", "counter", "Processor time used.", _one(machine.cpu_s)
    yield "process_resident_memory_bytes", "gauge", "Memory in use.", _one(machine.resident_bytes)
    yield (
        "dosevakt_hub_written_bytes_total",
        "counter",
        "Bytes this process sent to the disk.",
        _one(machine.written_bytes),
    )
    yield (
        "dosevakt_hub_storage_free_bytes",
        "gauge",
        "Room left where the outbox lies.",
        _one(machine.free_bytes),
    )
    yield (
        "dosevakt_hub_under_voltage",
        "gauge",
        "The power supply is too weak now.",
        _one(machine.under_voltage),
    )


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{key}="{_escaped(value)}"' for key, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
