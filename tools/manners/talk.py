"""The voice of a command: talk on stderr, data on stdout, a question only where somebody can answer it."""

import sys
from types import TracebackType
from typing import Any

from rich.console import Console

from tools.exit_codes import USAGE
from tools.manners.progress import Bar, Events, Lines, Shown, ndjson
from tools.manners.service_record import ServiceRecord
from tools.refusal import Refusal


class Talk:
    """One run of one command.  Use it as a context: `with Talk("flash", as_json=...) as talk`.

    as_json: NDJSON events on stdout, and no other word there.  yes: every question is answered yes.  dry_run: the
    command says what it would do; it asks `talk.dry_run` itself.  record: False for commands that touch no device.
    """

    def __init__(
        self,
        command: str,
        *,
        as_json: bool = False,
        yes: bool = False,
        dry_run: bool = False,
        record: bool = True,
    ) -> None:
        self.as_json = as_json
        self.dry_run = dry_run
        self._yes = yes
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._shown = self._way_to_show()
        self._record = ServiceRecord(command) if record and not dry_run else None

    def __enter__(self) -> "Talk":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._shown.end()
        if self._record and error is not None:
            self._record.note("refused", sentence=str(error), code=getattr(error, "code", None))
        if self._record and self._record.problem:
            self.warn(self._record.problem)

    def say(self, sentence: str) -> None:
        """Tell the person what is going on."""
        if not self.as_json:
            self._shown.end()
            self._console.print(sentence, markup=False)

    def warn(self, sentence: str) -> None:
        """Something is not as it should be, and the work goes on."""
        self._shown.end()
        if self.as_json:
            ndjson(sys.stdout, warning=sentence)
        else:
            self._console.print(sentence, style="yellow", markup=False)

    def progress(self, phase: str, done: int, total: int) -> None:
        """`done` of `total` (bytes, files, steps) of this phase; the first call of a phase may have 0."""
        self._shown.at(phase, done, total)

    def note(self, what: str, **facts: Any) -> None:
        """For the service record only: serial numbers, versions, hashes; never a key, a password or a name."""
        if self._record:
            self._record.note(what, **facts)

    def result(self, sentence: str, **facts: Any) -> None:
        """The last word: what was done.  On stdout; with --json the event `result: ok` and the facts."""
        self._shown.end()
        self.note("done", **facts)
        if self.as_json:
            ndjson(sys.stdout, result="ok", sentence=sentence, **facts)
        else:
            print(sentence, flush=True)

    def next(self, command: str) -> None:
        """The command that comes after this one."""
        if not self.as_json:
            self._console.print(f"Next: {command}", style="dim", markup=False)

    def confirm(self, question: str) -> None:
        """Go on only with a yes.  Raises Refusal on a no, or when nobody is there to be asked."""
        if self._yes:
            return
        self._shown.end()
        if self.as_json or not sys.stdin.isatty():
            raise Refusal(
                USAGE, f"{question} Nobody is here to answer; run it again with --yes if you mean it."
            )
        self._console.print(f"{question} [y/N] ", end="", markup=False)
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise Refusal(USAGE, "Nothing was changed.")

    def _way_to_show(self) -> Shown:
        if self.as_json:
            return Events(lambda **facts: ndjson(sys.stdout, **facts))
        return Bar(self._console) if sys.stderr.isatty() else Lines(sys.stderr)
