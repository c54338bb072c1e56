"""Multidose dispenser, revision A, on a Raspberry Pi Pico 2 (RP2350) or Pico (RP2040): every pin and limit.

Source of the pin functions: RP2040 data sheet, section 1.4.3 "GPIO Functions".  Drawing and parts: docs/hardware.md.
A PWM slice has one frequency, and pins 16 apart share a slice: lamp (GPIO 17, slice 0), door servo (GPIO 19, slice 1)
and tone (GPIO 20, slice 2) must stay on different slices.  No pin is free but five of the expander.
"""

from firmware.boards.board import Board
from firmware.drivers.drawer import Drawer
from firmware.drivers.ds3231 import Ds3231
from firmware.drivers.expander import Expander
from firmware.drivers.keypad import Keypad
from firmware.drivers.lid_switch import LidSwitch
from firmware.drivers.lit_button import LAMP_HZ, LitButton
from firmware.drivers.on_use import OnUse
from firmware.drivers.panel import Panel
from firmware.drivers.power import Power
from firmware.drivers.shutter import SERVO_HZ, Shutter
from firmware.drivers.stepper import Stepper
from firmware.drivers.ticks import Ticks
from firmware.drivers.tilt import Tilt
from firmware.drivers.tone import Tone
from firmware.drivers.watchdog import TIMEOUT_MS, Watchdog
from firmware.shell.rare import drop
from firmware.ui.pictures import Pictures
from protocol.device_events import MODEL_MULTIDOSE
from protocol.dose_events import LAST_SLOT

TYPE_CHECKING = False  # true for a type checker only
if TYPE_CHECKING:
    from firmware.boards.machine_types import Machine

BAUD = 115200
READER_BAUD = 9600  # as the module leaves its factory

_UART_TX, _UART_RX = 0, 1  # UART0, the line to the hub
_GAUGE_SDA, _GAUGE_SCL = 2, 3  # I2C1: MAX17048 at 0x36
_I2C_SDA, _I2C_SCL = 4, 5  # I2C0: LIS3DH 0x18, MCP23017 0x20, PN532 0x24, MPR121 0x5A, DS3231 0x68
_COILS = (6, 7, 26, 27)  # ULN2003A inputs 1 to 4: coils A to D of the feed
_READER_TX, _READER_RX = 8, 9  # UART1
_PANEL_SCK, _PANEL_MOSI = 10, 11  # SPI1
_PANEL_MISO = 12  # SPI1 needs one; the panel does not answer
_PANEL_CS, _PANEL_DC, _PANEL_RESET, _PANEL_BUSY = 13, 14, 15, 16
_LAMP = 17
_BUTTON = 18
_SERVO = 19
_TONE = 20
_FALLING = 21  # counter beam of the chamber, high while something is in it
_MARK = 22  # high while a perforation lies at the cutting line
_MAINS = 28

# Expander, port A: low is true.  Port B: high is on.
_DOOR_CLOSED, _DOOR_OPEN, _CUTTER_HOME, _CHAMBER_FULL, _LID, _DRAWER = 0, 1, 2, 3, 4, 5
_CUTTER, _BOLT, _FLAP = 0, 1, 2

_I2C_HZ = 400_000  # DS3231, LIS3DH, MAX17048 and MPR121 data sheets: fast mode at most
_SPI_HZ = 4_000_000  # SSD1683 allows 20 MHz; 4 MHz is kind to 15 cm of ribbon cable
_TONE_IDLE_HZ = 520


def build(machine: "Machine", files: str = "firmware/ui/") -> "Board":
    """Configure every pin, switch every load off and return the Board.

    machine: the machine module.  files: folder of the font files.  The watchdog runs from here on: feed it.
    """
    clock = Ticks()
    i2c = _i2c(machine, 0, _I2C_SCL, _I2C_SDA)
    expander = Expander(i2c)
    expander.inputs()  # a restart does not switch its outputs off by itself
    both_edges = machine.Pin.IRQ_FALLING | machine.Pin.IRQ_RISING
    speaker = machine.PWM(machine.Pin(_TONE), freq=_TONE_IDLE_HZ, duty_u16=0)
    lamp = machine.PWM(machine.Pin(_LAMP), freq=LAMP_HZ, duty_u16=0)
    servo = machine.PWM(machine.Pin(_SERVO), freq=SERVO_HZ, duty_u16=0)
    mains = machine.Pin(_MAINS, machine.Pin.IN, machine.Pin.PULL_DOWN)
    return Board(
        MODEL_MULTIDOSE,
        LAST_SLOT,
        button=LitButton(machine.Pin(_BUTTON, machine.Pin.IN, machine.Pin.PULL_UP), lamp, clock, both_edges),
        tone=Tone(speaker),
        panel=_panel(machine, files, clock),
        beam=Drawer(expander.line(_DRAWER), expander, clock),
        lid=LidSwitch(expander.line(_LID), clock),
        rtc=Ds3231(i2c, drop),
        watchdog=Watchdog(machine.WDT(timeout=TIMEOUT_MS)),
        uart=_uart(machine, 0, BAUD, _UART_TX, _UART_RX, 1024),
        tilt=Tilt(i2c),
        shutter=Shutter(servo, expander.line(_DOOR_CLOSED), expander.line(_DOOR_OPEN), clock),
        power=Power(_i2c(machine, 1, _GAUGE_SCL, _GAUGE_SDA), mains),
        nfc=OnUse("firmware.drivers.nfc_reader", "NfcReader", i2c, clock),
        keypad=Keypad(i2c),
        **_roll(machine, expander, clock, both_edges),
    )


def _roll(machine: "Machine", expander, clock, both_edges):
    """The parts that move the roll and what has left it, by name."""
    mark = machine.Pin(_MARK, machine.Pin.IN, machine.Pin.PULL_DOWN)
    falling = machine.Pin(_FALLING, machine.Pin.IN, machine.Pin.PULL_UP)
    stepper = Stepper([_output(machine, number, 0) for number in _COILS])
    cutter = expander.line(_CUTTER), expander.line(_CUTTER_HOME), clock
    reader = _uart(machine, 1, READER_BAUD, _READER_TX, _READER_RX, 64)
    return {
        "expander": expander,
        "mark": mark,
        "full": expander.line(_CHAMBER_FULL),
        "lock": expander.line(_BOLT),
        "feed": OnUse("firmware.drivers.roll_feed", "RollFeed", stepper, mark),
        "cutter": OnUse("firmware.drivers.cutter", "Cutter", *cutter),
        "chamber": OnUse(
            "firmware.drivers.chamber", "Chamber", falling, expander.line(_FLAP), clock, both_edges
        ),
        "reader": OnUse("firmware.drivers.label_reader", "LabelReader", reader, clock),
    }


def _i2c(machine: "Machine", bus: int, scl: int, sda: int):
    return machine.I2C(bus, scl=machine.Pin(scl), sda=machine.Pin(sda), freq=_I2C_HZ)


def _uart(machine: "Machine", bus: int, baud: int, tx: int, rx: int, rx_bytes: int):
    return machine.UART(
        bus, baud, tx=machine.Pin(tx), rx=machine.Pin(rx), txbuf=rx_bytes // 2, rxbuf=rx_bytes, timeout=0
    )


def _output(machine: "Machine", number: int, level: int):
    return machine.Pin(number, machine.Pin.OUT, value=level)


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
