"""dosevakt udev: let whoever sits at this machine use the dispensers' ports, and nobody else touch them."""

import subprocess
from pathlib import Path
from typing import Annotated

import typer

from tools.exit_codes import NO_ACCESS, NOT_VERIFIED, USAGE
from tools.manners.options import DryRun, Json
from tools.manners.talk import Talk
from tools.refusal import Refusal, told
from tools.udev.rules import FOLDER, NAME, rules

CONTROL_LIMIT_S = 30.0


@told
def udev(
    install_them: Annotated[
        bool, typer.Option("--install", help="Put the rules in force; needs root.")
    ] = False,
    print_them: Annotated[bool, typer.Option("--print", help="Show them on stdout.")] = False,
    remove_them: Annotated[bool, typer.Option("--remove", help="Take them away; needs root.")] = False,
    folder: Annotated[Path, typer.Option("--folder", help="Where udev reads rules.", hidden=True)] = FOLDER,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Install, show or remove the rules for dispensers' ports.  Safe to run again.

    Exit codes: 0 done, 2 usage, 5 not root, 6 this machine's udev does not understand the rules.
    """
    if install_them + print_them + remove_them != 1:
        raise Refusal(USAGE, "Say one of --install, --print and --remove.")
    with Talk("udev", as_json=as_json, dry_run=dry_run, record=False) as talk:
        path = folder / NAME
        if print_them:
            talk.result(rules(), path=str(path))
        elif dry_run:
            would = "be removed from" if remove_them else "be written to"
            talk.result(f"The rules would {would} {path}.", path=str(path), changed=False)
        elif remove_them:
            changed = remove(folder)
            words = "The rules are removed" if changed else "There were no rules to remove"
            talk.result(f"{words}: {path}.", path=str(path), changed=changed)
        else:
            changed = install(folder)
            words = "are in force" if changed else "were in force already"
            talk.result(f"The rules {words}: {path}.", path=str(path), changed=changed)
            if changed:
                talk.say("Unplug a device that is connected, and plug it in again.")
            talk.next("dosevakt list --wait 30")


def install(folder: Path = FOLDER) -> bool:
    """Write the rules and have udev read them.  Returns whether anything changed.  Raises Refusal."""
    path, text = folder / NAME, rules()
    if path.is_file() and path.read_text() == text:
        return False
    fresh = path.with_suffix(".new")  # udev reads *.rules only: never half a file
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh.write_text(text)
        fresh.chmod(0o644)
        _verify(fresh)
        fresh.replace(path)
    except OSError as error:
        raise _needs_root("--install", path, error) from error
    finally:
        _forget(fresh)
    _reload(folder)
    return True


def remove(folder: Path = FOLDER) -> bool:
    """Take the rules away.  Returns whether there were any.  Raises Refusal."""
    path = folder / NAME
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _needs_root("--remove", path, error) from error
    _reload(folder)
    return True


def _verify(path: Path) -> None:
    """Let this machine's udev read the file, where it can (systemd 254 and later)."""
    done = _control("verify", "--no-style", str(path))
    if done and done.returncode and "unknown" not in (done.stderr + done.stdout).lower():
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Refusal(
            NOT_VERIFIED, f"This machine's udev refuses the rules: {said[-1] if said else 'no reason given'}"
        )


def _reload(folder: Path) -> None:
    if folder == FOLDER:
        _control("control", "--reload")
        _control("trigger", "--action=change", "--subsystem-match=tty")


def _control(*words: str) -> subprocess.CompletedProcess[str] | None:
    """udevadm, where there is one; None in a container or on another system."""
    try:
        return subprocess.run(
            ["udevadm", *words], capture_output=True, text=True, timeout=CONTROL_LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        pass  # the folder itself cannot be written: nothing of ours lies there


def _needs_root(option: str, path: Path, error: OSError) -> Refusal:
    return Refusal(
        NO_ACCESS, f"{path} cannot be changed ({error.strerror}). Run: sudo dosevakt udev {option}"
    )
