"""/main.py of a production board, as source.  MicroPython leaves it out when a tool asks for a raw prompt.

A device without an owner starts here.  On one that has an owner boot.py returns for a console order only, and then this
does nothing: the prompt opens.  Or boot.py is damaged: so Ctrl-C is off until it is known who owns it.
"""

import micropython

micropython.kbd_intr(-1)

from loader.start import main  # type: ignore[import-not-found]  # noqa: E402 - as in boot.py; shut first

main()
