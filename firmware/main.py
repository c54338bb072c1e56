"""Start the application.  The only module that acts when it is imported; what only a start needs is in starting.py."""

import asyncio
import gc
import sys

import machine

# While the app runs, collect whenever so much of what is free has been used: a signature alone makes 180 KB of garbage,
# and each collection takes 20 ms on the chip.
FREE_PARTS = 2


def main():
    """Run until something is wrong, or there is a reason to start again; then make safe and do so."""
    from firmware.shell.rare import drop
    from firmware.starting import build

    app = build()
    del build
    drop("firmware.starting")
    gc.threshold(gc.mem_free() // FREE_PARTS)
    try:
        asyncio.run(app.run())
    except SystemExit as end:
        print("starting again:", end)
        app.make_safe()
        # Not one of the starts in which a new version must prove itself.
        from firmware.service.slots import orderly_restart

        orderly_restart()
    except Exception as error:  # the process edge: say what it was, stop everything, start anew
        sys.print_exception(error)
        app.make_safe()
    machine.reset()


main()
