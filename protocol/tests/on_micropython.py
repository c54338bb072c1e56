"""Run the promises of one test module on MicroPython: `micropython on_micropython.py ROOT MODULE`.

Prints one line per promise.  pytest starts it (test_on_micropython.py); a failure ends it with a trace and code 1.
"""

import sys

root, module_name = sys.argv[1:3]
sys.path.insert(0, root)
module = __import__("protocol.tests." + module_name, None, None, (module_name,))

for name in sorted(dir(module)):
    if name.startswith("test_"):
        getattr(module, name)()
        print("kept", name)
