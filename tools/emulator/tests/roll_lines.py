"""Lines of firmware that move a roll at register level, and the rolls they move; the fixture `board` runs them."""

# The expander and the feed stepper, after their data sheets; a half-step every 2 ms.
BOARD = """
bus = I2C(0, freq=400_000)
def put(register, *values): bus.writeto_mem(0x20, register, bytes(values))
def get(register): return bus.readfrom_mem(0x20, register, 1)[0]
put(0x0C, 0xFF)          # pull-ups on port A
put(0x01, 0x00)          # port B drives
CUTTER, LOCK, FLAP = 1, 2, 4
SHUT, WIDE, HOME, FULL, LID, DRAWER = 1, 2, 4, 8, 16, 32
def true(switch): return not get(0x12) & switch
coils = [Pin(pin, Pin.OUT, value=0) for pin in (6, 7, 26, 27)]
mark, beam = Pin(22, Pin.IN), Pin(21, Pin.IN)
WAVE = ((1, 0, 0, 0), (1, 1, 0, 0), (0, 1, 0, 0), (0, 1, 1, 0), (0, 0, 1, 0), (0, 0, 1, 1), (0, 0, 0, 1), (1, 0, 0, 1))
at = 0
def step(way):
    global at
    at = (at + way) % 8
    for coil, level in zip(coils, WAVE[at]): coil.value(level)
    time.sleep_ms(2)
step(0)
def feed(mm):
    for _ in range(round(abs(mm) * 20.48)): step(1 if mm > 0 else -1)
def to_mark(limit=90):
    "mm to the next perforation's near edge"
    steps = 0
    while mark.value(): step(1); steps += 1
    while not mark.value() and steps < limit * 20.48: step(1); steps += 1
    return round(steps / 20.48)
def cut():
    put(0x15, CUTTER)
    time.sleep_ms(100); left = not true(HOME)
    end = time.ticks_add(time.ticks_ms(), 1500)
    while not true(HOME) and time.ticks_diff(end, time.ticks_ms()) > 0: time.sleep_ms(5)
    put(0x15, 0)
    return left, true(HOME)
falls = []
beam.irq(lambda pin: falls.append(time.ticks_ms()), Pin.IRQ_RISING)
def retain(ms=1000):
    put(0x15, FLAP); time.sleep_ms(ms); put(0x15, 0)
"""
THREE = [{"label": f"4711-00{n}", "mm": 70, "pills": n} for n in (1, 2, 3)]
HEADED = [{"label": "", "pills": 0}, *THREE]


def lines(dispenser):
    return dispenser.console().splitlines()
