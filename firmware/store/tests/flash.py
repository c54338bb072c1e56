"""A NOR flash in RAM for MicroPython's LittleFS, which records what is written and can be rebuilt at any moment.

Geometry of the rp2 port: blocks of 4,096 B, programs of 256 B, reads of 32 B.  Programming a
bit that is not erased is refused, as a real chip would garble it.
"""

import vfs

BLOCK = 4096
PROGRAM = 256
MOUNT = "/flash"


class Flash:
    """The block device.  `log` gets every erase and program: (block, offset, bytes), bytes None for an erase."""

    def __init__(self, blocks):
        self.blocks = blocks
        self.image = bytearray(b"\xff" * (blocks * BLOCK))
        self.log = None

    def readblocks(self, block, buffer, offset=0):
        at = block * BLOCK + offset
        buffer[:] = memoryview(self.image)[at : at + len(buffer)]

    def writeblocks(self, block, buffer, offset=0):
        at = block * BLOCK + offset
        if any(byte != 0xFF for byte in memoryview(self.image)[at : at + len(buffer)]):
            raise OSError("programmed twice without an erase: block %d offset %d" % (block, offset))
        self._do(block, offset, bytes(buffer))

    def ioctl(self, op, arg):
        if op == 4:
            return self.blocks
        if op == 5:
            return BLOCK
        if op == 6:
            self._do(arg, 0, None)
        return 0

    def _do(self, block, offset, data):
        if self.log is not None:
            self.log.append((block, offset, data))
        apply(self.image, block, offset, data)


def apply(image, block, offset, data):
    """One whole erase or program."""
    at = block * BLOCK + offset
    if data is None:
        image[at : at + BLOCK] = b"\xff" * BLOCK
    else:
        image[at : at + len(data)] = data


def tear(image, version, block, offset, data):
    """The same, cut off: version 0 soon after its start (many commits are shorter than half a page), 1 in the middle.

    A torn program leaves one byte whose bits are half set, a torn erase half a block.
    """
    at = block * BLOCK + offset
    if data is None:
        at += version * BLOCK // 2
        image[at : at + BLOCK // 2] = b"\xff" * (BLOCK // 2)
    else:
        whole = len(data) // 2 if version else 21
        image[at : at + whole] = data[:whole]
        image[at + whole] &= data[whole] | 0x55


def make(flash):
    """A fresh filesystem."""
    vfs.VfsLfs2.mkfs(flash, progsize=PROGRAM, readsize=32, lookahead=32)


def mount(flash):
    """Mount at MOUNT, instead of what was there."""
    unmount()
    vfs.mount(vfs.VfsLfs2(flash, progsize=PROGRAM, readsize=32, lookahead=32), MOUNT)


def unmount():
    """Power off: what was open is lost."""
    try:
        vfs.umount(MOUNT)
    except OSError:
        pass


def every_cut(image, log):
    """Rebuild the flash for every moment at which power can fail: generate (operations done, torn, flash).

    image: the bytes before the log began; it is used up.  After each whole number of operations, and twice more with
    the next one torn.  All cuts share one buffer: what a cut opened must be closed before the next.
    """
    flash = Flash(len(image) // BLOCK)
    for done in range(len(log) + 1):
        flash.image[:] = image
        yield done, 0, flash
        for version in range(2 if done < len(log) else 0):
            unmount()
            flash.image[:] = image
            tear(flash.image, version, *log[done])
            yield done, 1, flash
        unmount()
        if done < len(log):
            apply(image, *log[done])
