"""The flash chip behind littlefs: 1408 KB in a host file, with the time its writes take and a fuse that cuts them.

Blocks that were never erased are holes in the file; littlefs erases before it programs, so what they hold is
never read as data.  Sizes: rp2 port, PICO board, 2 MB flash less 640 KB firmware.
"""

BLOCK = 4096
BLOCKS = 352
PROGRAM_US = 400  # one 256-byte page, W25Q16JV datasheet, tPP typical
ERASE_US = 45_000  # one 4 KB sector, same, tSE typical
WEAK = 0x5A  # a byte of a page whose programming was cut short
PAGE = 256
_ERASED = b"\xff" * PAGE


class Flash:
    """file: open for reading and writing.  power_fails() never returns.

    On the chip no Ctrl-C comes between the bytes of a write: one that comes here is put off, by interrupt_later().
    """

    def __init__(self, file, clock, power_fails, interrupt_later):
        self._file = file
        self._clock = clock
        self._power_fails = power_fails
        self._interrupt_later = interrupt_later
        self._fuse = 0  # writes left to the cut; 0: none planned
        self._torn = False
        self.writes = 0

    def cut_at(self, n, torn):
        """Cut the power at the n-th write or erase from now (1 = the next): before it, or in its middle when torn."""
        self._fuse, self._torn = n, torn

    def readblocks(self, block, buffer, offset=0):
        try:
            self._read(block, buffer, offset)
        except KeyboardInterrupt:
            self._interrupt_later()
            self._read(block, buffer, offset)

    def writeblocks(self, block, buffer, offset=None):
        try:
            self._write(block, buffer, offset)
        except KeyboardInterrupt:
            self._interrupt_later()
            self._write(block, buffer, offset)

    def ioctl(self, operation, argument):
        try:
            return self._control(operation, argument)
        except KeyboardInterrupt:
            self._interrupt_later()
            return self._control(operation, argument)

    def _read(self, block, buffer, offset):
        self._file.seek(block * BLOCK + offset)
        self._file.readinto(buffer)

    def _write(self, block, buffer, offset):
        if offset is None:  # the simple block protocol erases first
            self._control(6, block)
            offset = 0
        at = block * BLOCK + offset
        if self._burns():
            if self._torn:
                half = len(buffer) // 2
                self._put(at, bytes(memoryview(buffer)[:half]) + bytes((WEAK,)))
            self._power_fails()
        self._put(at, buffer)
        self._clock.block((len(buffer) + 255) // 256 * PROGRAM_US)

    def _control(self, operation, argument):
        if operation == 4:
            return BLOCKS
        if operation == 5:
            return BLOCK
        if operation == 6:
            if self._burns():
                if self._torn:
                    for at in range(argument * BLOCK, argument * BLOCK + BLOCK // 2, PAGE):
                        self._put(at, _ERASED)
                self._power_fails()
            for at in range(argument * BLOCK, (argument + 1) * BLOCK, PAGE):
                # Page by page: 4 KB in one piece are hard to find in the firmware's heap.
                self._put(at, _ERASED)
            self._clock.block(ERASE_US)
        return 0

    def _burns(self):
        self.writes += 1
        self._fuse -= 1
        return self._fuse == 0

    def _put(self, at, data):
        self._file.seek(at)
        self._file.write(data)
