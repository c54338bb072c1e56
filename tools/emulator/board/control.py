"""The wire to the supervisor: JSON lines, requests in, answers and events out; and the end of the process."""

import json
import os

from uselect import POLLIN, POLLOUT, poll


class Control:
    def __init__(self, stream):
        self.stream = stream
        self._buffer = b""

    def first_line(self):
        """Wait for one line, the configuration.  What came with it is kept for serve()."""
        poller = poll()
        poller.register(self.stream, POLLIN)
        while b"\n" not in self._buffer:
            poller.poll(-1)
            self._read()
        return self._next_line()

    def serve(self, handle):
        """From now on handle(request) works on each request, those that have come already first."""
        self._handle = handle
        self._work()

    def send(self, message):
        self.write_all(self.stream, json.dumps(message).encode() + b"\n")

    def write_all(self, stream, data):
        """Write everything, waiting in real time when the supervisor is slow."""
        data = memoryview(data)
        while data:
            written = stream.write(data)
            if written:
                data = data[written:]
            else:
                poller = poll()
                poller.register(stream, POLLOUT)
                poller.poll(1000)

    def readable(self):
        self._read()
        self._work()

    def _read(self):
        data = self.stream.read(1024)
        if data == b"":
            self._vanish()
        self._buffer += data or b""

    def _next_line(self):
        line, self._buffer = self._buffer.split(b"\n", 1)
        return json.loads(line)

    def _work(self):
        while b"\n" in self._buffer:
            self._handle(self._next_line())

    def end(self, reason, t_us):
        """The board dies at this instant: nothing more of the firmware runs.  The supervisor kills the process."""
        self.send({"exit": reason, "t_us": t_us})
        poller = poll()
        poller.register(self.stream, POLLIN)
        while True:
            poller.poll(-1)
            if self.stream.read(1024) == b"":
                self._vanish()

    def _vanish(self):
        """The supervisor is gone."""
        while True:
            os.system("kill -9 $PPID")
