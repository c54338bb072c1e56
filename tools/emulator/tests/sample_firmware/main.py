"""A small firmware for the emulator's own tests: echoes lines, counts presses, keeps a file, obeys orders by UART."""

import asyncio
import gc
import os
import sys
import time

from machine import UART, WDT, Pin, reset, reset_cause

BUTTON, LAMP = 15, 25


class Sample:
    def __init__(self):
        self.uart = UART(0, 115200, timeout=0)
        self.lamp = Pin(LAMP, Pin.OUT, value=0)
        self.pressed = asyncio.ThreadSafeFlag()
        self.button = Pin(BUTTON, Pin.IN, Pin.PULL_UP)
        self.button.irq(lambda pin: self.pressed.set(), Pin.IRQ_FALLING)
        self.ticks = 0

    def say(self, text):
        self.out.write(text.encode() + b"\n")

    async def count_presses(self):
        n = 0
        while True:
            await self.pressed.wait()
            n += 1
            self.lamp.toggle()
            self.say(f"press {n}")

    async def tick(self):
        while True:
            await asyncio.sleep_ms(1000)
            self.ticks += 1

    async def obey(self, words):
        if words[0] == "ticks":
            self.say(f"ticks {self.ticks} {time.ticks_ms() % 1_000_000_000}")
        elif words[0] == "watchdog":
            self.dog = WDT(timeout=int(words[1]))
            self.say("armed")
        elif words[0] == "spin":
            while True:
                time.ticks_ms()
        elif words[0] == "hang":
            while True:
                pass
        elif words[0] == "reset":
            reset()
        elif words[0] == "save":
            self.save(words[1], int(words[2]))
            self.say("saved")
        elif words[0] == "heap":
            gc.collect()
            self.say(f"heap {gc.mem_free()}")
        else:
            self.say("echo " + " ".join(words))

    def save(self, name, count):
        """A small script of flash writes: append and flush, `count` times."""
        with open("/" + name, "ab") as file:
            for n in range(count):
                file.write(b"%0100d" % n)
                file.flush()

    def kept(self):
        """Lengths of the files kept on flash: what a remount can read."""
        return ",".join(f"{name}:{os.stat(name)[6]}" for name in sorted(os.listdir("/")) if "." in name)

    async def run(self):
        self.out = asyncio.StreamWriter(self.uart, {})
        reader = asyncio.StreamReader(self.uart)
        self.tasks = [asyncio.create_task(self.count_presses()), asyncio.create_task(self.tick())]
        self.say(f"hello {reset_cause()} [{self.kept()}]")
        await self.out.drain()
        while True:
            line = await reader.readline()
            try:
                words = line.decode().split()
            except UnicodeError:
                words = []
            await self.obey(words or ["nothing"])
            await self.out.drain()


print("sample firmware on", sys.implementation.name)
asyncio.run(Sample().run())
