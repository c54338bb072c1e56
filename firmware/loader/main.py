"""/main.py of a production board, as source.  MicroPython leaves it out when a tool asks for a raw prompt.

Only a device without an owner comes here: boot.py does not return on any other.
"""

from loader.start import main  # type: ignore[import-not-found]

main()
