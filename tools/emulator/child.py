"""What runs in the child process: die with the parent, then become MicroPython.

Run as `python child.py PARENT_PID MICROPYTHON_ARGUMENT...`.
"""

import ctypes
import importlib
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> None:
    parent = int(sys.argv[1])
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        return
    micropython = importlib.import_module("micropython_run")  # a compiled module, without types
    sys.exit(micropython.run_main(["micropython", *sys.argv[2:]]))


if __name__ == "__main__":
    main()
