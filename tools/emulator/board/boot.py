"""One power-on of the virtual board: wire the chips, mount the flash, start the firmware (or only keep the mechanics).

Started by child.py, from a ROMFS image, with WAKE CONTROL_FD UART_FD as last arguments.  The first line on the control
socket is the configuration (a command-line argument of more than 255 bytes ends MicroPython).
"""

import gc
import os
import sys

import micropython
import this_board
import vfs
from clock import FOREVER, Clock
from control import Control
from wiring import Wiring
from world import World

from bench import Bench

# MicroPython keeps all names in one table that grows by pieces, each of twice as many places as the last (pointer, hash
# and length).  On a real board the chips' names are not in it, so the firmware comes to the piece of 2,560 after 2,540
# names of its own.  Here it begins with such a piece, on the board's account; the next, of 5,120 places, is the
# firmware's: as many as the whole table of a real board then has.
STEP_BYTES = 2560 * 11
WATCHDOG = 3  # machine.reset_cause() of the rp2 port after a bite, or after machine.reset()


def _fault(where, fault):
    print(where)
    sys.print_exception(fault)


def _build(control):
    """Fill in this_board; returns the flash, None without power."""
    config = control.first_line()
    clock = Clock(
        config["start_us"], config["utc0_us"], lambda: control.send({"held_us": clock.now_us()}), _fault
    )
    clock.set_hold(config["hold_us"] if config["hold_us"] >= 0 else FOREVER)

    def emit(name, fields):
        message = {"event": name, "t_ms": clock.now_us() // 1000}
        message.update(fields)
        control.send(message)

    this_board.config, this_board.clock, this_board.control = config, clock, control
    this_board.wiring = wiring = Wiring(
        clock,
        emit,
        lambda reason: control.end(reason, clock.now_us()),
        config["power"],
        config["power"] and config["cause"] == WATCHDOG,
    )
    host = vfs.VfsPosix(config["folder"])
    flash = _flash(host, clock, control, config) if config["power"] else None
    __import__(config["model"]).build(wiring, World(host.open), clock)
    clock.set_pace(config["rate_milli"], config["base_us"], config["base_real_us"])
    clock.listen(control.stream, control.readable)
    control.serve(Bench(clock, wiring, control, flash, config["power"]).handle)
    return flash


def _flash(host, clock, control, config):
    from flash import BLOCK, BLOCKS, Flash

    try:
        file = host.open("/flash.bin", "r+b")
    except OSError:
        file = host.open("/flash.bin", "w+b")
        file.seek(BLOCK * BLOCKS - 1)
        file.write(b"\0")
    flash = Flash(
        file,
        clock,
        lambda: control.end("flash_cut", clock.now_us()),
        lambda: control.send({"interrupt": True}),
    )
    if config.get("cut"):
        flash.cut_at(config["cut"]["n"], config["cut"]["torn"])
    return flash


def _mount(flash, config):
    """As the stock boot script of the rp2 port does it: a flash that does not mount is formatted."""
    try:
        files = vfs.VfsLfs2(flash, progsize=256)
    except OSError:
        this_board.wiring.emit("format", {})
        vfs.VfsLfs2.mkfs(flash, progsize=256)
        files = vfs.VfsLfs2(flash, progsize=256)
    code = [(name, vfs.VfsPosix(path)) for name, path in sorted(config["code"].items())]
    vfs.umount("/board")  # its code has been imported, and runs in place
    vfs.umount("/")
    vfs.mount(files, "/")
    for name, folder in code:
        vfs.mount(folder, "/" + name, readonly=True)
    os.chdir("/")
    sys.path[:] = ["", ".frozen", "/lib"]
    sys.argv[:] = []


def _fill_names():
    """Use up the table that the board's own names have begun.  None of these names is one that the firmware uses."""
    filled, before = 0, gc.mem_alloc()
    while gc.mem_alloc() - before < STEP_BYTES:
        filled, before = filled + 32, gc.mem_alloc()
        for number in range(filled, filled + 32):
            getattr(this_board, "_%x" % number, None)


def _run_firmware():
    try:
        import firmware.main  # noqa: F401 (importing it is starting it)
    except Exception as fault:  # the edge of the board: it is told, and the mechanics live on
        _fault("The firmware ended with an error.", fault)
        this_board.wiring.emit("crash", {"error": "%s: %s" % (type(fault).__name__, fault)})


def _power_on(flash):
    import select
    import time

    import machine
    from uart import UART

    config = this_board.config
    if config["stock"]:
        import prompt  # noqa: F401 (while its image is mounted; see run)
    UART.stream = open(int(sys.argv[-1]), "r+b")
    this_board.wake_address = int(sys.argv[-3])
    sys.modules.update({"machine": machine, "time": time, "select": select})
    this_board.wiring.emit("boot", {"cause": config["cause"]})
    _mount(flash, config)
    config.pop("code")
    gc.collect()
    _fill_names()
    gc.collect()
    this_board.control.send({"heap_free": gc.mem_free(), "heap_board": gc.mem_alloc()})


def run(names):
    """A stock board: what is on its flash, then its prompt.  names: those of the prompt."""
    sys.modules["prompt"].run_files(names)


def main():
    micropython.kbd_intr(-1)  # as on the chip: only files and prompts turn Ctrl-C on
    flash = _build(Control(open(int(sys.argv[-2]), "r+b")))
    if flash:
        _power_on(flash)
        if this_board.config["stock"]:
            return
        _run_firmware()
    while True:
        this_board.clock.step(FOREVER)


main()
