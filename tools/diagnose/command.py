"""dosevakt diagnose: what is wrong with the device on this cable, or with its way to the centre."""

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tools.exit_codes import MANY_DEVICES, NO_ACCESS, NO_DEVICE, OK, REFUSED, USAGE
from tools.manners.options import Account, CentreUrl, Device, Json, Rate, ServiceFile
from tools.manners.talk import Talk
from tools.refusal import Refusal, told

if TYPE_CHECKING:
    from tools.diagnose.facts import DeviceFacts, Facts
    from tools.diagnose.leave import Leave
    from tools.workshop.ports import Candidate


@told
def diagnose(
    device: Device = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what belongs to this computer: the udev rules.")
    ] = False,
    bundle: Annotated[
        Path | None, typer.Option("--bundle", help="Write a file for support, without names, keys and ids.")
    ] = None,
    hub_status: Annotated[
        Path | None,
        typer.Option("--hub-status", help="The hub's socket, or the output of `dosevakt-hub status --json`."),
    ] = None,
    release_key: Annotated[
        Path | None,
        typer.Option("--release-key", help="release.pub, to check the firmware against your own copy."),
    ] = None,
    tests: Annotated[
        bool, typer.Option("--tests", help="Move the motor of a loaded device too, with the centre's leave.")
    ] = False,
    service: ServiceFile = None,
    centre_url: CentreUrl = None,
    account: Account = None,
    rate: Rate = 1.0,
    as_json: Json = False,
) -> None:
    """Make twenty checks of this computer, the device and its hub; docs/diagnose.md lists them.

    Exit codes: 0 no check failed, 1 one did or the device is busy, 2 usage, 3 no device, 4 more than one, 5 port busy
    or not allowed, 8 the device does not answer.
    """
    from tools.diagnose.leave import Leave
    from tools.diagnose.registry import judged
    from tools.diagnose.report import print_report, summary

    with Talk("diagnose", as_json=as_json) as talk:
        if bundle is not None and bundle.exists():
            raise Refusal(USAGE, f"{bundle} is there already; give the bundle another name.")
        leave = Leave(service, centre_url, account) if tests else None
        found = look(talk, device, fix, hub_status, release_key, leave, rate)
        findings = judged(found)
        if not as_json:
            print_report(findings)
        if bundle is not None:
            from tools.diagnose.bundle import write_bundle

            write_bundle(bundle, found, findings)
            talk.say(f"The bundle for support is {bundle}; it names nobody.")
        failed = [finding.code for finding in findings if finding.answer.verdict == "fail"]
        rows = [finding.as_dict() for finding in findings]
        talk.result(summary(findings), checks=rows, failed=failed)
        code = exit_code(found, failed)
        hello = found.device.hello
        if code == OK and hello is not None and not hello.owned:
            talk.next("dosevakt provision --hub HUB --label PLACE")
    if code != OK:
        raise typer.Exit(code)


def look(
    talk: Talk,
    named: str | None,
    fix_it: bool,
    hub_status: Path | None,
    release_key: Path | None,
    leave: "Leave | None",
    rate: float,
) -> "Facts":
    """Gather everything.  Raises Refusal when it is not clear which device is meant."""
    from tools.diagnose.asking_hub import ask_hub
    from tools.diagnose.asking_machine import look_at_machine
    from tools.diagnose.facts import DeviceFacts, Facts
    from tools.firmware.bundle import load_release_point

    point = load_release_point(release_key) if release_key else None
    hub = ask_hub(hub_status)  # before the device leaves its hub for us
    candidate, no_port = which(named)
    machine = look_at_machine(candidate, no_port)
    if fix_it:
        from tools.diagnose.fixing import fix

        for sentence in fix(machine):
            talk.say(sentence)
            talk.note("fix", sentence=sentence)
        machine = look_at_machine(candidate, no_port)
    if candidate is None or machine.refused:
        return Facts(machine, DeviceFacts("The device was not asked: see D001."), hub)
    return Facts(machine, ask_device(talk, candidate, leave, rate, point), hub)


def which(named: str | None) -> "tuple[Candidate | None, str]":
    """The device that is meant, or None and why.  Raises Refusal: two may be meant, or the named one is gone."""
    from tools.workshop.ports import connected

    try:
        return connected(named), ""
    except Refusal as refusal:
        if named is not None or refusal.code == MANY_DEVICES:
            raise
        return None, str(refusal)


def ask_device(
    talk: Talk, candidate: "Candidate", leave: "Leave | None", rate: float, release_point: bytes | None
) -> "DeviceFacts":
    """Everything that the device says; what it does not say is missing, with a sentence."""
    from tools.diagnose.asking_device import Asking
    from tools.diagnose.facts import DeviceFacts
    from tools.diagnose.finding import foreign
    from tools.workshop.cable import clock_at
    from tools.workshop.service import open_service

    asking, missing, code = None, "", OK
    carry_leave = leave.ready() if leave is not None else None
    try:
        with open_service(candidate, talk, clock_at(rate)) as service:
            asking = Asking(service, talk.progress)
            asking.ask_state()
            if carry_leave is not None:
                carry_leave(service)
            asking.try_parts()
    except Refusal as refusal:
        missing, code = f"The device was not asked: {foreign(refusal)}", refusal.code
    talk.say("The device doses again." if asking else "The device was left as it is.")
    facts = asking.facts() if asking else DeviceFacts()
    if facts.hello is not None:
        talk.note("device", version=facts.hello.version, slot=facts.hello.slot, sequence=facts.hello.sequence)
    return replace(facts, missing=missing, code=code, release_point=release_point, heard=heard(talk, facts))


def heard(talk: Talk, facts: "DeviceFacts") -> bool | None:
    """Did somebody hear the tone?  None when nobody can be asked."""
    from protocol.service_state import SPEAKER

    if SPEAKER not in facts.tests or talk.as_json or not sys.stdin.isatty():
        return None
    talk.say("Three short tones were played. Did you hear them? [y/n]")
    with suppress(OSError):
        return sys.stdin.readline().strip().lower() in ("y", "yes")
    return None


def exit_code(facts: "Facts", failed: list[str]) -> int:
    """What a script is told."""
    if facts.machine.no_port:
        return NO_DEVICE
    if facts.machine.refused:
        return NO_ACCESS
    return REFUSED if failed else facts.device.code
