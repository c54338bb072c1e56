"""PN532 near-field reader: which tag lies on it, and what stands in its first pages.  Decides nothing.

Source: NXP PN532 user manual UM0701-02: section 6.2 (frames), 6.2.4 (I2C: a status byte before every answer),
7.2.10 SAMConfiguration, 7.3.1 RFConfiguration (item 1 field, item 5 retries), 7.3.5 InListPassiveTarget, 7.3.8
InDataExchange; address 0x24.  NXP NTAG213/215/216 data sheet, section 10.2: READ (0x30) answers 4 pages of 4 bytes.
Only tags of ISO/IEC 14443 type A are asked for.  Loaded while somebody fills, then dropped.
"""

import asyncio

ADDRESS = 0x24
_TO_CHIP, _FROM_CHIP = 0xD4, 0xD5
_SAM, _RF, _LIST, _EXCHANGE = 0x14, 0x32, 0x4A, 0x40
_ACK = b"\x00\x00\xff\x00\xff\x00"
_NORMAL_MODE = b"\x01\x00\x00"  # no security module, no time limit, no interrupt pin
# Item 5: passive activation is tried twice, some 10 ms, and then answered "none".
_ONE_TRY = b"\x05\xff\x01\x01"
_FIELD_OFF = b"\x01\x00"
_ONE_TYPE_A = b"\x01\x00"
_READ = 0x30
# A frame here: a read has 18 bytes, a card that tells of itself (ATS) up to 48 behind its number.
_MOST_BYTES = 64
_NUMBERS = (4, 7, 10)  # bytes of a tag's number (ISO/IEC 14443-3): any other length was read badly
# An answer comes within 20 ms; a chip that needs five times that has none.
LIMIT_MS = 100
LOOK_MS = 5


class NfcReader:
    """`i2c` is a machine.I2C at 400 kHz at most, `clock` a drivers.ticks.Ticks.  ready: it has answered."""

    def __init__(self, i2c, clock):
        self._i2c = i2c
        self._clock = clock
        self.ready = False

    async def look(self, pages=0):
        """None while no tag lies there, else (its number, bytes of `pages` pages from page 4 on).

        The bytes are b"" when they cannot be read: another kind of tag, or it was taken away.
        A reader that does not answer finds no tag; it is set up anew the next time.
        """
        try:
            if not self.ready:
                await self._ask(_SAM, _NORMAL_MODE)
                await self._ask(_RF, _ONE_TRY)
                self.ready = True
            answer = await self._ask(_LIST, _ONE_TYPE_A)
            if len(answer) < 6 or answer[0] != 1:
                return None
            uid = answer[6 : 6 + answer[5]]
            return (uid, await self._pages(pages)) if answer[5] == len(uid) in _NUMBERS else None
        except OSError:
            self.ready = False
            return None

    async def off(self):
        """No field: a tag that lies there is not disturbed, and 100 mA are saved."""
        try:
            await self._ask(_RF, _FIELD_OFF)
        except OSError:
            pass
        self.ready = False

    async def _pages(self, pages):
        data = b""
        while len(data) < 4 * pages:
            answer = await self._ask(_EXCHANGE, bytes((1, _READ, 4 + len(data) // 4)))
            if len(answer) != 17 or answer[0]:
                return b""
            data += answer[1:]
        return data[: 4 * pages]

    async def _ask(self, command, data):
        """The answer's data.  Raises OSError when there is none."""
        body = bytes((_TO_CHIP, command)) + data
        size = len(body)
        frame = bytes((0, 0, 0xFF, size, -size & 0xFF)) + body + bytes((-sum(body) & 0xFF, 0))
        self._i2c.writeto(ADDRESS, frame)
        if await self._frame(len(_ACK)) != _ACK:
            raise OSError
        answer = await self._frame(_MOST_BYTES)
        size = min(answer[3], _MOST_BYTES - 7)
        body = answer[5 : 5 + size]
        if (
            answer[:3] != b"\x00\x00\xff"
            or (size + answer[4]) & 0xFF
            or (sum(body) + answer[5 + size]) & 0xFF
            or bytes(body[:2]) != bytes((_FROM_CHIP, command + 1))
        ):
            raise OSError
        return body[2:]

    async def _frame(self, size):
        since_ms = self._clock.ms()
        while not self._i2c.readfrom(ADDRESS, 1)[0] & 1:
            if self._clock.elapsed_ms(since_ms) > LIMIT_MS:
                raise OSError
            await asyncio.sleep_ms(LOOK_MS)
        return self._i2c.readfrom(ADDRESS, size + 1)[1:]
