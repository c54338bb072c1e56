"""The hub's status in sentences for a technician.  Pure: the values of status.py in, lines out."""

from collections.abc import Mapping
from typing import Any

# Below this share of frames sent again or damaged a line is as lines are (0.1 % on a sound USB cable, measured; the
# link works far beyond).
_WORTH_SAYING_PER_MILLE = 10


def in_words(status: Mapping[str, Any]) -> list[str]:
    """Hub, clock, path, certificate and outbox first; then each port; then each dispenser."""
    lines = [f"Hub {status['hub_id']} of {status['tenant']}, version {status['version']}."]
    lines.append(
        "The clock is trusted."
        if status["clock"]["trusted"]
        else "The clock is not synchronised yet; dispensers do not take it."
    )
    lines.append(f"Path to the centre: {status['path']['sentence']}")
    days = status["certificate_days_left"]
    lines.append(
        "The certificate cannot be read."
        if days is None
        else f"The certificate is good for {days} more days."
    )
    lines.append(_outbox(status["outbox"]))
    for port in status["ports"]:
        lines += _port(port)
    lines += [port["sentence"] for port in status["left_alone"]]
    lines += [_device(device) for device in status["devices"]]
    return lines


def _outbox(outbox: Mapping[str, Any]) -> str:
    if outbox["fault"]:
        return str(outbox["fault"])
    oldest = f", the oldest for {_time(outbox['oldest_waits_s'])}" if outbox["oldest_waits_s"] else ""
    return f"{outbox['waiting']} events wait for the centre's receipt{oldest}."


def _port(port: Mapping[str, Any]) -> list[str]:
    if port["state"] == "linked":
        return [f"{port['sentence']} Dispenser {port['device_id']} is linked.", *_line(port)]
    if port["state"] == "open" and not port["copy_of"]:
        return [f"{port['sentence']} No dispenser is linked.", *_line(port)]
    return [port["sentence"], *_line(port)]


def _line(port: Mapping[str, Any]) -> list[str]:
    """What the line has done, where it is worth a look."""
    notes = []
    if port["bad_frames"] * 1000 > port["frames_in"] * _WORTH_SAYING_PER_MILLE:
        notes.append(f"{port['bad_frames']} damaged frames beside {port['frames_in']} sound ones")
    if port["resends"] * 1000 > port["frames_out"] * _WORTH_SAYING_PER_MILLE:
        notes.append(f"{port['resends']} of {port['frames_out']} frames sent again")
    if port["silences"]:
        notes.append(f"{port['silences']} times silent for 15 s")
    return [f"  Line: {', '.join(notes)}."] if notes else []


def _device(device: Mapping[str, Any]) -> str:
    where = "is silent" if device["lost"] else "is linked" if device["linked"] else "is not linked"
    waits = f", {device['waiting']} wait for their receipt" if device["waiting"] else ""
    return f"Dispenser {device['device_id']} {where}: {device['last_seq']} events{waits}."


def _time(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"
