"""/boot.py of a production board, as source: the console is shut before anything else happens.

MicroPython starts every file with Ctrl-C on (shared/runtime/pyexec.c), so the first act is to turn it off; an
interrupt that came before that ends here, too.
"""

prompt_may_open = False
try:
    import micropython

    micropython.kbd_intr(-1)
    from loader.start import boot  # type: ignore[import-not-found]  # a board has it as /loader

    boot()
    prompt_may_open = True
except BaseException as fault:  # a Ctrl-C, a damaged loader: whatever it was, no prompt opens
    import sys

    sys.print_exception(fault)
if not prompt_may_open:
    import machine

    machine.reset()
