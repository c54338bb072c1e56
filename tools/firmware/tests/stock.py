# Runs on MicroPython's unix port before its prompt: a flash of the Pico's size with littlefs, as the rp2 port's
# _boot.py makes it, and a fuse that cuts the power at a write.  Arguments: image file, writes until the cut (0: none),
# and a file to which it says "." for each write and "e" or "p..." what it was (an erase, pages), "X" at the cut and "R"
# at a reset; whoever reads it ends the process.
import os
import sys
import time

import vfs

BLOCKS, BLOCK = 352, 4096
image, fuse, told = sys.argv[1], int(sys.argv[2]), sys.argv[3]
try:
    _file = open(image, "r+b")
except OSError:
    _file = open(image, "w+b")
    for _ in range(BLOCKS):
        _file.write(b"\xff" * BLOCK)
_told = open(told, "wb")


class Chip:
    left = fuse

    def readblocks(self, block, buffer, offset=0):
        _file.seek(block * BLOCK + offset)
        _file.readinto(buffer)

    def writeblocks(self, block, buffer, offset=0):
        self._burn(b"p" * ((len(buffer) + 255) // 256))
        _file.seek(block * BLOCK + offset)
        _file.write(buffer)

    def ioctl(self, request, argument):
        if request == 4:
            return BLOCKS
        if request == 5:
            return BLOCK
        if request == 6:
            self._burn(b"e")
            _file.seek(argument * BLOCK)
            _file.write(b"\xff" * BLOCK)
        return 0

    def _burn(self, what):
        self.left -= 1
        if self.left == 0:
            _end(b"X")
        _told.write(b"." + what)


class Machine:
    def unique_id(self):
        return bytes.fromhex("e6614c311b7e6f2a")

    def reset(self):
        _end(b"R")

    def WDT(self, timeout):
        """No program here hangs."""
        return self

    def Timer(self, number, period, callback):
        """It would feed the watchdog."""
        return self


def _end(why):
    _file.flush()
    _told.write(why)
    while True:
        time.sleep(1)


sys.modules["machine"] = sys.modules["this_board"] = Machine()
_chip = Chip()
try:
    _flash = vfs.VfsLfs2(_chip, progsize=256)
except OSError:
    vfs.VfsLfs2.mkfs(_chip, progsize=256)
    _flash = vfs.VfsLfs2(_chip, progsize=256)
vfs.umount("/")
vfs.mount(_flash, "/")
os.chdir("/")
sys.path[:] = ["", ".frozen", "/lib"]  # as on the rp2 port
