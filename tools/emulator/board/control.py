"""The wire to the supervisor: JSON lines, requests in, answers and events out; and the end of the process."""

import json
import os

from uselect import POLLIN, POLLOUT, poll


class Control:
    def __init__(self, stream):
        self.stream = stream
        self._buffer = b""
        self.handle = None  # handle(request) works on one request; set by boot.py

    def first_line(self):
        """Wait for one line, the configuration."""
        lines = []
        self.handle = lines.append
        poller = poll()
        poller.register(self.stream, POLLIN)
        while not lines:
            poller.poll(-1)
            self.readable()
        return lines[0]

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
        data = self.stream.read(1024)
        if data == b"":
            self._vanish()
        self._buffer += data or b""
        while b"\n" in self._buffer:
            line, self._buffer = self._buffer.split(b"\n", 1)
            self.handle(json.loads(line))

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
