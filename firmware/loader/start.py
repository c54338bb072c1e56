"""From power to the chosen version, and what the console may do meanwhile.  boot.py and main.py call it.

A version is mounted at /run, at /trial while it is not confirmed, at /back while nobody has been told of the one that
was given up, and runs from there by relative paths, so that both slots hold the same bytes.
"""

import gc
import os
import sys
import time

import machine

NOTHING_WHOLE = "Dosevakt: no whole firmware on this device. Start it in BOOTSEL and run `dosevakt flash`."
SAY_EVERY_S = 10
# The app starts the watchdog, which cannot be stopped (machine.WDT, rp2): at an open prompt a timer feeds it.
WATCHDOG_MS, FEED_EVERY_MS = 8388, 2000
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
    run(root)
    machine.reset()


def main(root=""):
    """What main.py does: on a device without an owner the app runs until somebody presses Ctrl-C."""
    from . import lock

    if not lock.owned(root):
        try:
            run(root)
        finally:
            os.chdir("/")


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
    del slot_start
    gc.collect()
    try:
        __import__("firmware.main")  # importing it is starting it
    except Exception as fault:
        if not on_trial:
            raise
        sys.print_exception(fault)  # a version that cannot start ends at no prompt: its starts are counted
        machine.reset()


def keep_fed():
    """Feed the watchdog from now on: for a prompt at which somebody works."""
    dog = machine.WDT(timeout=WATCHDOG_MS)
    _kept.append(machine.Timer(-1, period=FEED_EVERY_MS, callback=lambda timer: dog.feed()))


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
        time.sleep(SAY_EVERY_S)
        print(NOTHING_WHOLE)
