"""What runs in the child process: die with the parent, then become MicroPython with the board's code in its memory.

Run as `python child.py PARENT_PID ROM_IMAGE HEAP FD...`; the descriptors are handed on to boot.py.
"""

import ctypes
import importlib
import mmap
import os
import signal
import sys

PR_SET_PDEATHSIG = 1  # linux/prctl.h

# -m would look for the file before the image is mounted.  Arguments: address and size of the image, then boot.py's.
START = """
import sys, uctypes, vfs
vfs.mount(vfs.VfsRom(uctypes.bytearray_at(int(sys.argv[1]), int(sys.argv[2]))), "/board")
sys.path[:] = ["/board", ".frozen"]
import boot
"""


def main() -> None:
    parent, image, heap, *descriptors = sys.argv[1:]
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):  # it died before we asked
        return
    with open(image, "rb") as file:  # copy on write: a view of it needs a writable map
        rom = mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(rom))
    micropython = importlib.import_module("micropython_run")  # a compiled module, without types
    arguments = ["-X", f"heapsize={heap}", "-c", START, str(address), str(len(rom)), *descriptors]
    sys.exit(micropython.run_main(["micropython", *arguments]))


if __name__ == "__main__":
    main()
