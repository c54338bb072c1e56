"""What the dosevakt command's exit code says to the script that called it."""

OK = 0
REFUSED = 1  # a check failed, or the device said no
USAGE = 2  # wrong words on the command line, or interrupted
NO_DEVICE = 3
MANY_DEVICES = 4  # more than one candidate: name one
NO_ACCESS = 5  # the port is busy, or we may not open it
NOT_VERIFIED = 6
INCOMPATIBLE = 7  # signature or version refused
TIMED_OUT = 8
NO_AUTHORITY = 9  # the centre cannot be reached
