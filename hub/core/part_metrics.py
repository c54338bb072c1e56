"""Metrics of the parts of a hub: its ports and their lines, its dispensers.  Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

Labels = Mapping[str, str]
Sample = tuple[Labels, float | int | None]
Metric = tuple[
    str, str, str, Iterable[Sample]
]  # name, kind, meaning, samples; a sample without value is left out

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


def one(value: float | int | None) -> Iterable[Sample]:
    """The only sample of a metric."""
    return [({}, value)]


def of_parts(status: Mapping[str, Any]) -> Iterable[Metric]:
    """Each port's line and each dispenser."""
    ports, devices = status["ports"], status["devices"]
    yield "dosevakt_hub_ports_left_alone", "gauge", "Ports not served.", one(len(status["left_alone"]))
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
