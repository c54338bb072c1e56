"""How a command behaves towards a person at a terminal, a log and a script."""

import json
import stat
import sys

import pexpect
import pytest
import typer
from typer.testing import CliRunner

from tools.exit_codes import OK, REFUSED, USAGE
from tools.manners.options import DryRun, Json, Yes
from tools.manners.talk import Talk
from tools.refusal import Refusal, told

app = typer.Typer()


@app.command()
@told
def turn(
    as_json: Json = False, yes: Yes = False, dry_run: DryRun = False, fail: bool = False, stop: bool = False
) -> None:
    """A command like all others."""
    with Talk("turn", as_json=as_json, yes=yes, dry_run=dry_run) as talk:
        talk.confirm("Turn the wheel?")
        talk.note("wheel", serial="E66141")
        for done in range(0, 1001, 10):
            talk.progress("turn", done, 1000)
        if fail:
            raise Refusal(REFUSED, "The wheel is stuck. Free it and run this again.")
        if stop:
            raise KeyboardInterrupt
        talk.say("It turned.")
        talk.result("Done: one turn.", turns=1)
        talk.next("dosevakt list")


def run(tmp_path, *words):
    return CliRunner().invoke(app, list(words), env={"XDG_STATE_HOME": str(tmp_path)})


def test_data_goes_to_stdout_and_talk_to_stderr(tmp_path):
    """What a script wants stands alone on stdout; what a person wants to know stands beside it."""
    done = run(tmp_path, "--yes")

    assert done.exit_code == OK
    assert done.stdout == "Done: one turn.\n"
    assert "It turned." in done.stderr
    assert "Next: dosevakt list" in done.stderr


def test_a_log_gets_a_line_for_each_five_percent(tmp_path):
    """A log is not filled with a bar's many pictures."""
    lines = [line for line in run(tmp_path, "--yes").stderr.splitlines() if line.startswith("turn: ")]

    assert lines[0] == "turn: 0 %"
    assert lines[-1] == "turn: 100 %"
    assert len(lines) == 21


def test_a_script_gets_one_event_a_line_and_no_other_word(tmp_path):
    """Each line on stdout is a JSON object with its time; the last one is the result."""
    done = run(tmp_path, "--yes", "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]

    assert all(event["t"] > 0 for event in events)
    assert {"phase": "turn", "done": 500, "total": 1000}.items() <= events[50].items()
    assert {"result": "ok", "turns": 1}.items() <= events[-1].items()
    assert done.stderr == ""


def test_a_refusal_is_a_sentence_a_code_and_an_event(tmp_path):
    """What cannot be done is said to the person and to the script, and is no traceback."""
    done = run(tmp_path, "--yes", "--json", "--fail")

    assert done.exit_code == REFUSED
    last = json.loads(done.stdout.splitlines()[-1])
    assert (last["result"], last["code"]) == ("refused", REFUSED)
    assert done.stderr == "The wheel is stuck. Free it and run this again.\n"


def test_ctrl_c_is_a_result_too(tmp_path):
    """A script that reads events learns that the command was interrupted, as it learns every other end."""
    done = run(tmp_path, "--yes", "--json", "--stop")

    assert done.exit_code == USAGE
    last = json.loads(done.stdout.splitlines()[-1])
    assert (last["result"], last["code"]) == ("refused", USAGE)
    assert "Run the same command again" in done.stderr


@pytest.mark.parametrize("how", [[], ["--json"]])
def test_nobody_there_is_no_yes(tmp_path, how):
    """Without a terminal and without --yes nothing is done, and the sentence says how to mean it."""
    done = run(tmp_path, *how)

    assert done.exit_code == USAGE
    assert "--yes" in done.stderr


def test_the_service_record_holds_what_was_done_for_its_owner_alone(tmp_path):
    """After a run there is one file, readable by nobody else, with the device and how it ended."""
    run(tmp_path, "--yes", "--fail")
    (record,) = (tmp_path / "dosevakt").glob("*-turn-*.jsonl")
    lines = [json.loads(line) for line in record.read_text().splitlines()]

    assert [line["what"] for line in lines] == ["started", "wheel", "refused"]
    assert lines[1]["serial"] == "E66141"
    assert stat.S_IMODE(record.stat().st_mode) == 0o600


def test_a_full_disk_costs_the_record_and_not_the_work(tmp_path):
    """When the record cannot be written the work goes on, and one sentence says so."""
    (tmp_path / "dosevakt").write_text("a file where the folder should be")
    done = run(tmp_path, "--yes")

    assert done.exit_code == OK
    assert "the work goes on" in done.stderr


def test_a_trial_run_writes_nothing(tmp_path):
    """--dry-run leaves no record either."""
    run(tmp_path, "--yes", "--dry-run")

    assert not (tmp_path / "dosevakt").exists()


@pytest.mark.parametrize(("answer", "code"), [("y", OK), ("n", USAGE), ("", USAGE)])
def test_a_person_at_a_terminal_is_asked(tmp_path, answer, code):
    """At a terminal the question is asked; only a yes goes on, and colours stay away when NO_COLOR says so."""
    command = "from tools.manners.tests.test_talk import app; app()"
    environment = {"XDG_STATE_HOME": str(tmp_path), "NO_COLOR": "1", "TERM": "xterm", "PATH": "/usr/bin"}
    child = pexpect.spawn(sys.executable, ["-c", command], env=environment, encoding="utf-8", timeout=60)
    child.expect_exact("Turn the wheel? [y/N]")
    child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()

    assert child.exitstatus == code
    assert ("Done: one turn." in child.before) == (code == OK)
    assert "\x1b[3" not in child.before  # no colour
