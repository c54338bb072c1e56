"""From power to the chosen version, and what the console may do meanwhile.  boot.py and main.py call it.

A version is mounted at /run, at /trial while it is not confirmed, at /back while nobody has been told of the one that
was given up, and runs from there by relative paths, so that both slots hold the same bytes.
"""

import gc
import os
import sys
import time

import machine

CTRL_C = 3
NOTHING_WHOLE = "Dosevakt: no whole firmware on this device. See docs/technician.md, When something says no."
SAY_EVERY_S = 10
# The app starts the watchdog, which cannot be stopped (machine.WDT, rp2): at an open prompt a timer feeds it.
WATCHDOG_MS, FEED_EVERY_MS = 8388, 2000
# A version on trial that hangs before it feeds the watchdog itself is restarted, and so given up.  The longest start,
# with a wipe to finish, takes half a minute.
TRIAL_START_MS = 120000
_kept = []


def boot(root=""):
    """What boot.py does.  Returns only when the prompt may open."""
    from . import lock

    if not lock.owned(root):
        keep_fed()
        return
    minutes = lock.take_order(root)
    if minutes:
        _open_for(minutes)
        return
    usb_up()
    run(root)
    machine.reset()


def main(root=""):
    """What main.py does: on a device without an owner the app runs until somebody presses Ctrl-C.

    With an owner nobody comes here but by an order, or because boot.py is damaged: then it is done here, as shut.
    """
    from . import lock

    if not lock.owned(root):
        _let_interrupt()
        try:
            run(root)
        finally:
            os.chdir("/")
            # It was given to somebody while it ran, and Ctrl-C came before its own restart.
            if lock.owned(root):
                machine.reset()
    elif not _kept:
        try:
            boot(root)
        finally:
            if not _kept:
                machine.reset()


def _let_interrupt():
    import micropython

    micropython.kbd_intr(CTRL_C)


def run(root=""):
    """Start the chosen version; returns when it ends, or says that there is none."""
    from . import slot_start

    where = slot_start.mount_chosen(root)
    if where is None:
        _nothing_whole(root)
        return
    os.chdir(where)
    sys.path[:] = ["", ".frozen", "/lib"]
    for name in list(sys.modules):
        if name.startswith("loader") and name != "loader.start":
            del sys.modules[name]
    on_trial = where != slot_start.RUN
    if where == slot_start.TRIAL and not _kept:
        keep_fed(TRIAL_START_MS)
    del slot_start
    gc.collect()
    try:
        __import__("firmware.main")  # importing it is starting it
    except Exception as fault:
        if not on_trial:
            raise
        sys.print_exception(fault)  # a version that cannot start ends at no prompt: its starts are counted
        machine.reset()


def usb_up():
    """The rp2 port brings USB up when boot.py has returned, and on an owned device it never does.

    Source: MicroPython 1.23 on, commit 00ba6aa and issue 15230; extmod/machine_usb_device.c: active(True) starts it.
    """
    if not hasattr(machine, "USBDevice"):
        return
    try:
        usb = machine.USBDevice()
        usb.builtin_driver = usb.BUILTIN_DEFAULT  # type: ignore[attr-defined]  # the stubs do not know it
        usb.active(True)
    except Exception as fault:  # without a port it still doses
        sys.print_exception(fault)


def keep_fed(for_ms=0):
    """Feed the watchdog from now on: for a prompt at which somebody works, or for so long."""
    dog = machine.WDT(timeout=WATCHDOG_MS)
    began_ms = time.ticks_ms()

    def feed(timer):
        if for_ms and time.ticks_diff(time.ticks_ms(), began_ms) > for_ms:
            timer.deinit()
        else:
            dog.feed()

    _kept.append(machine.Timer(-1, period=FEED_EVERY_MS, callback=feed))


def _open_for(minutes):
    """The order's time runs: then the board starts anew, locked."""
    one_shot = machine.Timer.ONE_SHOT
    _kept.append(
        machine.Timer(-1, mode=one_shot, period=minutes * 60000, callback=lambda timer: machine.reset())
    )


def _nothing_whole(root):
    """Whoever opens the port of a locked device reads why nothing happens; else the prompt opens."""
    from . import lock

    print(NOTHING_WHOLE)
    while lock.owned(root):
        time.sleep(SAY_EVERY_S)  # nothing runs that could be kept waiting, and no watchdog has been started
        print(NOTHING_WHOLE)
