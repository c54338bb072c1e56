"""`machine` and `time` as a firmware sees them: each test is a few lines of firmware and what they print."""

import pytest


def test_a_sleep_takes_what_it_says(printed):
    """Sleeping 1500 ms takes 1500 ms on the device's clock, no more."""
    code = "a = time.ticks_ms(); time.sleep_ms(1500); print(time.ticks_diff(time.ticks_ms(), a))"
    assert printed(code) == ["1500"]


def test_a_busy_loop_passes_time(printed):
    """A loop that only reads the clock ends when its time has come."""
    code = "a = time.ticks_ms()\nwhile time.ticks_diff(time.ticks_ms(), a) < 20: pass\nprint('done')"
    assert printed(code) == ["done"]


def test_a_timer_calls_back(printed):
    """A periodic timer of 100 ms calls back ten times in a second."""
    code = "n = []\nTimer(-1, period=100, callback=n.append)\ntime.sleep_ms(1001); print(len(n))"
    assert printed(code) == ["10"]


def test_a_missing_chip_does_not_answer(printed):
    """Talking to an I2C address where nothing is gives the error the real bus gives."""
    code = "try: I2C(0).readfrom(0x50, 1)\nexcept OSError as error: print(error.errno)"
    assert printed(code) == ["5"]


def test_the_bus_takes_its_time(printed):
    """Ten bytes over SPI at 1 Mbit/s take 80 microseconds."""
    code = "s = SPI(0, 1_000_000); a = time.ticks_us(); s.write(bytes(10)); print(time.ticks_us() - a)"
    assert 80 <= int(printed(code)[0]) <= 84


@pytest.mark.parametrize("code", ["WDT(timeout=9000)", "PWM(Pin(2), freq=1)"])
def test_what_the_chip_cannot_do_is_refused(printed, code):
    """A watchdog time or a frequency that the real chip cannot make is an error here too."""
    assert printed(f"try: {code}\nexcept ValueError as error: print('refused')") == ["refused"]


def test_an_interrupt_waits_while_interrupts_are_off(printed):
    """A press while interrupts are off is noticed when they are on again, once."""
    code = """
seen = []
Pin(15, Pin.IN, Pin.PULL_UP).irq(seen.append, Pin.IRQ_FALLING)
time.sleep_ms(1000)
state = disable_irq()
time.sleep_ms(1000)
before = len(seen)
enable_irq(state)
print(before, len(seen))
"""
    assert printed(code, during=lambda dispenser: dispenser.ask("press", ms=50, at_ms=1500)) == ["0 1"]


def test_bytes_are_lost_while_the_flash_is_erased(printed):
    """With interrupts off only the 32 bytes of the UART's FIFO survive, as on the chip."""
    code = """
uart = UART(0, 115200)
time.sleep_ms(500)
state = disable_irq()
time.sleep_ms(1000)
enable_irq(state)
print(len(uart.read()), uart.overruns)
"""

    def hub_talks(dispenser):
        import serial

        dispenser.run(for_ms=1000)  # formatting the new flash takes a tenth of it
        with serial.Serial(str(dispenser.port), 115200) as port:
            port.write(bytes(100))
            dispenser.wait_for(lambda facts: facts["line"]["from_hub"] == 100)

    assert printed(code, during=hub_talks) == ["32 68"]


def test_a_short_write_says_how_much_it_took(printed):
    """With no time to wait, a UART takes what its 256-byte buffer holds, and says so."""
    assert printed("uart = UART(0); print(uart.write(bytes(300)), uart.write(b'x'))") == ["256 None"]


def test_every_device_has_its_own_number(make, tmp_path):
    """Two devices of different names have different chip numbers, and keep them."""
    (tmp_path / "main.py").write_text("import machine; print(machine.unique_id().hex())")
    numbers = []
    for folder, name in (("a", "d1"), ("b", "d2"), ("c", "d1")):
        dispenser = make(folder, name=name, firmware=tmp_path)
        dispenser.run(for_ms=1000)
        numbers.append(dispenser.console())

    assert numbers[0] == numbers[2] != numbers[1]
