"""The network between hub and broker: a relay on the loopback address that can stall, reset, crawl, or go half dead."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable

# What becomes of bytes: passed on; kept until this ends; passed on so slowly; taken and thrown away, while the broker's
# end is gone (a router that forgot the connection); and new connections reset at once.
PASS, STALL, SLOW, HALF_OPEN, REFUSE = "pass", "stall", "slow", "half open", "refuse"
PIECE = 4096
SLOW_PIECE = 200
SLOW_PIECE_S = 0.05  # 4,000 bytes a second: a bad cellular line, on which TLS still comes up within its limit
RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER of 0 s: close() sends RST


class Proxy:
    """`port` is where the hub connects; start(target) begins.  Used from one thread."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._mode = PASS
        self._changed = threading.Condition()
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self.accepted = 0

    def start(self, target: int) -> None:
        """Relay to `target` on the loopback address."""
        self._target = target
        threading.Thread(target=self._accept, name="proxy", daemon=True).start()

    def stop(self) -> None:
        """Close everything; no thread stays."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.set(PASS)
        self.reset()

    def set(self, mode: str) -> None:
        """From now on the network is so; connections that a half dead one has cut stay cut, and are reset."""
        with self._changed:
            before, self._mode = self._mode, mode
            self._changed.notify_all()
        if mode == HALF_OPEN:
            for _, far in list(self._pairs):
                _close(far)
        elif before == HALF_OPEN:
            self.reset()

    def reset(self) -> int:
        """Every connection gets a RST now.  Returns how many there were."""
        pairs, self._pairs = self._pairs, []
        for pair in pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                _close(end)
        return len(pairs)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:  # stopped
                return
            self.accepted += 1
            try:
                if self._mode == REFUSE:
                    raise ConnectionRefusedError
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                near.close()
                continue
            self._pairs.append((near, far))
            self._start(lambda near=near, far=far: self._relay(near, far))
            self._start(lambda near=near, far=far: self._relay(far, near))

    def _start(self, work: Callable[[], None]) -> None:
        threading.Thread(target=work, daemon=True).start()

    def _relay(self, source: socket.socket, sink: socket.socket) -> None:
        """One direction, until either end is gone."""
        with contextlib.suppress(OSError):
            while data := source.recv(SLOW_PIECE if self._mode == SLOW else PIECE):
                if not self._may_pass():
                    continue
                sink.sendall(data)
        if self._mode != HALF_OPEN:  # else nobody tells the one who still waits
            _close(source)
            _close(sink)

    def _may_pass(self) -> bool:
        """Wait as long as the network makes these bytes wait.  False: they are lost."""
        with self._changed:
            if self._mode == SLOW:
                self._changed.wait(SLOW_PIECE_S)
            while self._mode == STALL:
                self._changed.wait()
            return self._mode != HALF_OPEN


def _close(end: socket.socket) -> None:
    """Close so that a thread that reads from it wakes up; no FIN goes before a RST."""
    with contextlib.suppress(OSError):
        end.shutdown(socket.SHUT_RD)
    end.close()
