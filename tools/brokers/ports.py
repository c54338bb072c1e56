"""Free ports on the loopback address."""

import socket
import subprocess
import time


def free_port(wished: int = 0) -> int:
    """Return `wished` when nobody listens there, else any free port.  0: any."""
    for port in (wished, 0):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(listener.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def wait_for_listener(port: int, limit_s: float, process: subprocess.Popen[bytes] | None = None) -> bool:
    """Return True as soon as something listens on `port`, False when `limit_s` passes or the process has ended.

    process: the one that should listen; its end means that nobody ever will.
    """
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if process is not None and process.poll() is not None:
            return False
        try:
            socket.create_connection(("127.0.0.1", port), 0.3).close()
            return True
        except OSError:
            time.sleep(0.02)
    return False
