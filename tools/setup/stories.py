"""Play stories of the demo, two at a time, and stop when one was not seen to its end:  make story [NAME=jam]

What each one printed lies in build/stories.  The exit code is 0 only if every story was seen.
"""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tools.demo.stories import STORIES

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "build" / "stories"
DOSEVAKT = Path(sys.executable).with_name("dosevakt")
AT_A_TIME = 2  # each is five processes at thirty times the speed: more of them on two cores lose the link
LIMIT_S = 300  # the longest takes about a minute


class Playing:
    """One story in a process of its own."""

    def __init__(self, name: str) -> None:
        self.name, self.began_s = name, time.monotonic()
        self.output = OUTPUT / f"{name}.txt"
        command = [str(DOSEVAKT), "demo", "--story", name, "--exit", "--json"]
        with self.output.open("wb") as file:
            self.process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT)

    def took_s(self) -> float:
        return time.monotonic() - self.began_s

    def code(self) -> int | None:
        """The exit code, or None while it plays.  A story that takes too long is ended."""
        if self.took_s() > LIMIT_S:
            self.end()
        return self.process.poll()

    def end(self) -> None:
        """Ask it to end, as Ctrl-C does: it takes its own processes with it."""
        self.process.terminate()
        self.process.wait()


def play(names: list[str]) -> Iterator[Playing]:
    """Yield each story when it has ended.  Who stops listening ends the others."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    waiting, playing = list(names), list[Playing]()
    try:
        while waiting or playing:
            while waiting and len(playing) < AT_A_TIME:
                playing.append(Playing(waiting.pop(0)))
            ended = [each for each in playing if each.code() is not None]
            for each in ended:
                playing.remove(each)
                yield each
            time.sleep(0.2)
    finally:
        for each in playing:
            each.end()


def main() -> int:
    """Returns 1 at the first story that was not seen."""
    for each in play(sys.argv[1:] or list(STORIES)):
        seen = each.process.returncode == 0
        print(f"story {each.name}: {'seen' if seen else 'NOT SEEN'} in {each.took_s():.0f} s", flush=True)
        if not seen:
            print(each.output.read_text(encoding="utf-8", errors="replace"), file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
