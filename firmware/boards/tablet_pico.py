"""Tablet dispenser, revision B, on a Raspberry Pi Pico (RP2040) or Pico 2 (RP2350): every pin and limit.

Source of the pin functions: RP2040 data sheet, section 1.4.3 "GPIO Functions".  Drawing and parts: docs/hardware.md.
A PWM slice has one frequency, and pins 16 apart share a slice: lamp (GPIO 17, slice 0), shutter servo (GPIO 19,
slice 1) and tone (GPIO 20, slice 2) must stay on different slices.  No pin is free.
"""

from firmware.boards.board import Board
from firmware.drivers.carousel import Carousel
from firmware.drivers.ds3231 import Ds3231
from firmware.drivers.encoder import Encoder
from firmware.drivers.keypad import Keypad
from firmware.drivers.lid_switch import LidSwitch
from firmware.drivers.lit_button import LAMP_HZ, LitButton
from firmware.drivers.on_use import OnUse
from firmware.drivers.panel import Panel
from firmware.drivers.pickup_beam import PickupBeam
from firmware.drivers.power import Power
from firmware.drivers.shutter import SERVO_HZ, Shutter
from firmware.drivers.stepper import Stepper
from firmware.drivers.ticks import Ticks
from firmware.drivers.tilt import Tilt
from firmware.drivers.tone import Tone
from firmware.drivers.watchdog import TIMEOUT_MS, Watchdog
from firmware.shell.rare import drop
from firmware.ui.pictures import Pictures
from protocol.device_events import MODEL_TABLET
from protocol.dose_events import TRAY_SLOTS

TYPE_CHECKING = False  # true for a type checker only
if TYPE_CHECKING:
    from firmware.boards.machine_types import Machine

BAUD = 115200

_UART_TX, _UART_RX = 0, 1  # UART0, the line to the hub
_GAUGE_SDA, _GAUGE_SCL = 2, 3  # I2C1: MAX17048 at 0x36, which the AS5600 has too
_I2C_SDA, _I2C_SCL = 4, 5  # I2C0: LIS3DH at 0x18, AS5600 at 0x36, DS3231 at 0x68, and what a refill needs
_COILS = (6, 7, 8, 9)  # ULN2003A inputs 1 to 4: coils A to D
_PANEL_SCK, _PANEL_MOSI = 10, 11  # SPI1
_PANEL_MISO = 12  # SPI1 needs one; the panel does not answer
_PANEL_CS, _PANEL_DC, _PANEL_RESET, _PANEL_BUSY = 13, 14, 15, 16
_LAMP = 17
_BUTTON = 18
_SERVO = 19
_TONE = 20
_BEAM = 21
_LID = 22
_SHUTTER_CLOSED, _SHUTTER_OPEN = 26, 27
_MAINS = 28

_I2C_HZ = 400_000  # DS3231, LIS3DH and MAX17048 data sheets: fast mode at most
_SPI_HZ = 4_000_000  # SSD1683 allows 20 MHz; 4 MHz is kind to 15 cm of ribbon cable
_TONE_IDLE_HZ = 520


def build(machine: "Machine", files: str = "firmware/ui/") -> "Board":
    """Configure every pin and return the Board.

    machine: the machine module.  files: folder of the font files.  The watchdog runs from here on: feed it.
    """
    clock = Ticks()
    i2c = _i2c(machine, 0, _I2C_SCL, _I2C_SDA)
    both_edges = machine.Pin.IRQ_FALLING | machine.Pin.IRQ_RISING
    speaker = machine.PWM(machine.Pin(_TONE), freq=_TONE_IDLE_HZ, duty_u16=0)
    lamp = machine.PWM(machine.Pin(_LAMP), freq=LAMP_HZ, duty_u16=0)
    uart = machine.UART(
        0, BAUD, tx=machine.Pin(_UART_TX), rx=machine.Pin(_UART_RX), txbuf=512, rxbuf=1024, timeout=0
    )
    return Board(
        MODEL_TABLET,
        TRAY_SLOTS,
        carousel=_carousel(machine, i2c, clock),
        button=LitButton(_pulled_up(machine, _BUTTON), lamp, clock, both_edges),
        tone=Tone(speaker),
        panel=_panel(machine, files, clock),
        beam=PickupBeam(_pulled_up(machine, _BEAM), clock, both_edges),
        lid=LidSwitch(_pulled_up(machine, _LID), clock),
        rtc=Ds3231(i2c, drop),
        watchdog=Watchdog(machine.WDT(timeout=TIMEOUT_MS)),
        uart=uart,
        tilt=Tilt(i2c),
        shutter=_shutter(machine, clock),
        power=_power(machine),
        nfc=OnUse("firmware.drivers.nfc_reader", "NfcReader", i2c, clock),
        keypad=Keypad(i2c),
        occupancy=OnUse("firmware.drivers.occupancy", "Occupancy", i2c),
    )


def _i2c(machine: "Machine", bus: int, scl: int, sda: int):
    return machine.I2C(bus, scl=machine.Pin(scl), sda=machine.Pin(sda), freq=_I2C_HZ)


def _shutter(machine: "Machine", clock):
    servo = machine.PWM(machine.Pin(_SERVO), freq=SERVO_HZ, duty_u16=0)
    return Shutter(servo, _pulled_up(machine, _SHUTTER_CLOSED), _pulled_up(machine, _SHUTTER_OPEN), clock)


def _power(machine: "Machine"):
    mains = machine.Pin(_MAINS, machine.Pin.IN, machine.Pin.PULL_DOWN)
    return Power(_i2c(machine, 1, _GAUGE_SCL, _GAUGE_SDA), mains)


def _pulled_up(machine: "Machine", number: int):
    return machine.Pin(number, machine.Pin.IN, machine.Pin.PULL_UP)


def _output(machine: "Machine", number: int, level: int):
    return machine.Pin(number, machine.Pin.OUT, value=level)


def _carousel(machine: "Machine", i2c, clock):
    coils = [_output(machine, number, 0) for number in _COILS]
    return Carousel(Stepper(coils), Encoder(i2c), clock)


def _panel(machine: "Machine", files: str, clock):
    spi = machine.SPI(
        1,
        baudrate=_SPI_HZ,
        sck=machine.Pin(_PANEL_SCK),
        mosi=machine.Pin(_PANEL_MOSI),
        miso=machine.Pin(_PANEL_MISO),
    )
    return Panel(
        spi,
        _output(machine, _PANEL_CS, 1),
        _output(machine, _PANEL_DC, 0),
        _output(machine, _PANEL_RESET, 1),
        machine.Pin(_PANEL_BUSY, machine.Pin.IN),
        Pictures(files, drop),
        drop,
        clock,
    )
