"""What runs in the child process: die with the parent, then become MicroPython with the board's code in its memory.

Run as `python child.py PARENT_PID ROM_IMAGE HEAP STOCK FD...`; the descriptors are handed on to boot.py.  Standard
input and output are the board's USB line.
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
# A stock board goes on with its prompt, which knows no names of ours.
STOCK_START = START + "boot.run(globals())\n"

CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_int)
WAKE, CTRL_C = signal.SIGUSR1, signal.SIGUSR2


class Action(ctypes.Structure):
    """struct sigaction of glibc on x86-64."""

    _fields_ = (
        ("handler", ctypes.c_void_p),
        ("mask", ctypes.c_ulong * 16),
        ("flags", ctypes.c_int),
        ("restorer", ctypes.c_void_p),
    )


def main() -> None:
    parent, image, heap, stock, *descriptors = sys.argv[1:]
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(parent):  # it died before we asked
        return
    with open(image, "rb") as file:  # copy on write: a view of it needs a writable map
        rom = mmap.mmap(file.fileno(), 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(rom))
    micropython = importlib.import_module("micropython_run")  # a compiled module, without types
    call = (ctypes.c_uint64 * 2)()
    handlers = _interrupts(str(micropython.__file__), call)
    arguments = ["-X", f"heapsize={heap}"]
    arguments += ["-i", "-c", STOCK_START] if stock == "1" else ["-c", START]
    arguments += [str(address), str(len(rom)), str(ctypes.addressof(call)), *descriptors]
    code = micropython.run_main(["micropython", *arguments])
    for number, _ in handlers:
        signal.signal(number, signal.SIG_IGN)
    sys.exit(code)


def _interrupts(library: str, call: "ctypes.Array[ctypes.c_uint64]") -> list[tuple[int, object]]:
    """What a board's interrupts do, by signals: both calls may be made at any moment (MicroPython py/scheduler.c).

    WAKE: a board that waits at its prompt sleeps in read(); it wakes and calls what boot.py put into `call`, a
    MicroPython function and its argument.  CTRL_C: if the program takes it: micropython.kbd_intr() of the unix
    port then has a handler of SIGINT, which nobody ever sends.
    """
    micropython = ctypes.CDLL(library)
    micropython.mp_sched_schedule.argtypes = [ctypes.c_uint64, ctypes.c_uint64]

    def woken(number: int) -> None:
        if call[0]:
            micropython.mp_sched_schedule(call[0], call[1])

    def interrupted(number: int) -> None:
        libc.sigaction(signal.SIGINT, None, ctypes.byref(now))
        if now.handler:
            micropython.mp_sched_keyboard_interrupt()

    libc = ctypes.CDLL(None)
    now = Action()
    handlers = [(WAKE, CALLBACK(woken)), (CTRL_C, CALLBACK(interrupted))]
    for (
        number,
        handler,
    ) in handlers:  # neither may come while the other is worked on: CPython is not made for that
        action = Action(handler=ctypes.cast(handler, ctypes.c_void_p))
        action.mask[0] = 1 << WAKE - 1 | 1 << CTRL_C - 1
        libc.sigaction(number, ctypes.byref(action), None)
    return list(handlers)


if __name__ == "__main__":
    main()
