"""What runs in the child process: die with the parent, then become MicroPython with the board's code in its memory.

Run as `python child.py PARENT_PID ROM_IMAGE HEAP STOCK FD...`; the descriptors are handed on to boot.py.  Standard
input and output are the board's USB line, which is made the controlling terminal: so Ctrl-C reaches MicroPython.
"""

import ctypes
import fcntl
import importlib
import mmap
import os
import signal
import sys
import termios

PR_SET_PDEATHSIG = 1  # linux/prctl.h

# -m would look for the file before the image is mounted.  Arguments: address and size of the image, then boot.py's.
START = """
import sys, uctypes, vfs
vfs.mount(vfs.VfsRom(uctypes.bytearray_at(int(sys.argv[1]), int(sys.argv[2]))), "/board")
sys.path[:] = ["/board", ".frozen"]
import boot
"""
# A stock board goes on with its prompt, which knows no names of ours.
STOCK_START = START + "boot.run(globals())\n"

CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_int)


def main() -> None:
    parent, image, heap, stock, *descriptors = sys.argv[1:]
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):  # it died before we asked
        return
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    with open(image, "rb") as file:  # copy on write: a view of it needs a writable map
        rom = mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(rom))
    micropython = importlib.import_module("micropython_run")  # a compiled module, without types
    call = (ctypes.c_uint64 * 2)()
    handler = _interrupt(str(micropython.__file__), call)
    arguments = ["-X", f"heapsize={heap}"]
    arguments += ["-i", "-c", STOCK_START] if stock == "1" else ["-c", START]
    arguments += [str(address), str(len(rom)), str(ctypes.addressof(call)), *descriptors]
    code = micropython.run_main(["micropython", *arguments])
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    del handler
    sys.exit(code)


def _interrupt(library: str, call: "ctypes.Array[ctypes.c_uint64]") -> object:
    """A board that waits at its prompt sleeps in read(); SIGUSR1 wakes it, and it calls what boot.py put into `call`.

    `call`: a MicroPython function and its argument.  mp_sched_schedule may be called in a signal handler, as boards
    call it in their interrupts (MicroPython py/scheduler.c).
    """
    schedule = ctypes.CDLL(library).mp_sched_schedule
    schedule.argtypes = [ctypes.c_uint64, ctypes.c_uint64]

    def woken(number: int) -> None:
        if call[0]:
            schedule(call[0], call[1])

    handler = CALLBACK(woken)
    libc = ctypes.CDLL(None)
    libc.signal(signal.SIGUSR1, handler)
    libc.siginterrupt(signal.SIGUSR1, 1)
    return handler


if __name__ == "__main__":
    main()
