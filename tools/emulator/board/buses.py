"""I2C and SPI of `machine`, with the time that the wires take."""

from this_board import clock, wiring


class I2C:
    def __init__(self, id=0, scl=None, sda=None, freq=400_000, timeout=50_000):
        self._bus, self._freq = id, freq

    def _pass_bytes(self, n):
        clock.sleep((n + 1) * 9 * 1_000_000 // self._freq)  # address and n bytes, each with its acknowledge

    def scan(self):
        return wiring.i2c_addresses(self._bus)

    def writeto(self, addr, buf, stop=True):
        self._pass_bytes(len(buf))
        wiring.i2c_chip(self._bus, addr).write(bytes(buf), stop)
        return len(buf)

    def writevto(self, addr, vector, stop=True):
        return self.writeto(addr, b"".join(vector), stop)

    def readfrom(self, addr, nbytes, stop=True):
        self._pass_bytes(nbytes)
        return bytes(wiring.i2c_chip(self._bus, addr).read(nbytes))

    def readfrom_into(self, addr, buf, stop=True):
        buf[:] = self.readfrom(addr, len(buf), stop)

    def _register(self, memaddr, addrsize):
        return memaddr.to_bytes(addrsize // 8, "big")

    def writeto_mem(self, addr, memaddr, buf, addrsize=8):
        self.writeto(addr, self._register(memaddr, addrsize) + bytes(buf))

    def readfrom_mem(self, addr, memaddr, nbytes, addrsize=8):
        self.writeto(addr, self._register(memaddr, addrsize), False)
        return self.readfrom(addr, nbytes)

    def readfrom_mem_into(self, addr, memaddr, buf, addrsize=8):
        buf[:] = self.readfrom_mem(addr, memaddr, len(buf), addrsize)


class SPI:
    MSB, LSB = 1, 0

    def __init__(self, id=0, baudrate=1_000_000, **options):
        self._bus, self._baudrate = id, baudrate

    def init(self, baudrate=1_000_000, **options):
        self._baudrate = baudrate

    def _exchange(self, data):
        clock.sleep(len(data) * 8 * 1_000_000 // self._baudrate)
        return wiring.spi_transfer(self._bus, memoryview(data))

    def write(self, buf):
        self._exchange(buf)

    def read(self, nbytes, write=0):
        return bytes(self._exchange(bytes((write,)) * nbytes) or bytes(nbytes))

    def readinto(self, buf, write=0):
        buf[:] = self.read(len(buf), write)

    def write_readinto(self, write_buf, read_buf):
        read_buf[:] = self._exchange(write_buf) or bytes(len(read_buf))

    def deinit(self):
        pass
