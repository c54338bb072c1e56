"""What the demo starts, it ends."""

import os
import select
import subprocess
import sys

import pytest

from tools.demo.processes import Processes

WAIT = [sys.executable, "-c", "print('here', flush=True); import time; time.sleep(60)"]
PARENT = """
import sys
from pathlib import Path
from tools.demo.processes import Processes
child = Processes(Path(sys.argv[1])).start("child", [sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def processes(tmp_path):
    made = Processes(tmp_path)
    yield made
    made.end_all()


def test_nothing_runs_on_after_the_end(processes):
    """Ending the demo leaves no process behind."""
    started = [processes.start(name, WAIT) for name in ("one", "two")]

    processes.end_all()

    assert all(process.poll() is not None for process in started)


def test_a_process_that_falls_is_named(processes):
    """When a part of the demo falls, the demo can say which, and where its last words are."""
    processes.start("stands", WAIT)
    processes.start("falls", [sys.executable, "-c", "print('my last words')"]).wait()

    assert processes.ended() == "falls"
    assert "my last words" in processes.log("falls").read_text()


def test_even_a_killed_demo_leaves_nothing(tmp_path):
    """If the demo itself is killed, its children end too."""
    command = [sys.executable, "-c", PARENT, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()

    ended, _, _ = select.select([child], [], [], 10)
    os.close(child)

    assert ended
