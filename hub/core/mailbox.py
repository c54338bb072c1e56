"""What waits to be sent to one dispenser.  Pure.

The link forgets everything unacknowledged when a session ends; this box is what remembers.  Commands go in
order, each once.  Of a receipt, a path notice or a question only the newest is worth sending.  Nothing here survives a
restart: the centre sends commands again until they are answered, and the newest receipt is kept in the outbox.
"""

from collections import deque

COMMAND, RECEIPT, PATH = "command", "receipt", "path"
SERVICE = "service"  # the one open question to a device in service mode

# A centre has one or two commands open for a device; more is a fault there, and memory is finite.
MAX_COMMANDS = 32

Letter = tuple[str, bytes]


class Mailbox:
    """Letters for one device: waiting, and on the link but not yet acknowledged."""

    def __init__(self) -> None:
        self._commands: deque[bytes] = deque()
        self._newest: dict[str, bytes] = {}
        self._on_link: deque[Letter | None] = deque()  # None: a message that is not ours to repeat
        self._acked = 0  # of this session

    def put_command(self, message: bytes) -> bool:
        """Queue a command.  False: it already waits or travels, or the box is full (the centre sends it again)."""
        travels = (COMMAND, message) in self._on_link
        if travels or message in self._commands or len(self._commands) >= MAX_COMMANDS:
            return False
        self._commands.append(message)
        return True

    def put_newest(self, kind: str, message: bytes) -> None:
        """Queue a receipt or a path notice in place of an older one of its kind."""
        self._newest[kind] = message

    def take(self) -> bytes | None:
        """The next message to hand to the link, or None."""
        letter = self._next()
        if letter is None:
            return None
        self._on_link.append(letter)
        return letter[1]

    def passed_by(self) -> None:
        """Another message went to the link that need not be repeated (an answer about time)."""
        self._on_link.append(None)

    def acked(self, count: int) -> None:
        """The device has acknowledged so many messages in this session."""
        while self._acked < count and self._on_link:
            self._on_link.popleft()
            self._acked += 1

    def new_session(self) -> None:
        """The link started anew: what was not acknowledged goes back into the box, in its old order."""
        for letter in reversed(self._on_link):
            if letter is None:
                continue
            kind, message = letter
            if kind == COMMAND:
                self._commands.appendleft(message)
            else:
                self._newest.setdefault(kind, message)
        self._on_link.clear()
        self._acked = 0

    @property
    def command_bytes(self) -> int:
        """Memory that waiting commands take."""
        return sum(len(message) for message in self._commands)

    def waiting(self) -> int:
        """Messages not yet acknowledged, for `status`."""
        return len(self._commands) + len(self._newest) + sum(1 for letter in self._on_link if letter)

    def _next(self) -> Letter | None:
        if self._commands:
            return COMMAND, self._commands.popleft()
        for kind in (RECEIPT, PATH, SERVICE):
            if kind in self._newest:
                return kind, self._newest.pop(kind)
        return None
