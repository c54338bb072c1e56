"""The label reader on the second serial line, driven by lines of firmware."""

import pytest

from tools.emulator.tests.roll_lines import HEADED, THREE, lines

READER = """
uart = UART(1, 9600, timeout=300)
def ask(*frame):
    uart.write(bytes((0x7E, 0) + frame)); time.sleep_ms(60)
    return uart.read()
BY_COMMAND = 8, 1, 0, 0, 0xD5, 0xAB, 0xCD
READ_NOW = 8, 1, 0, 2, 1, 0xAB, 0xCD
def label(ms=1500):
    print(ask(*READ_NOW)); time.sleep_ms(ms); print(uart.read())
"""
OK = repr(b"\x02\x00\x00\x01\x0031")


def test_the_label_reader_reads_the_pouch_at_the_line(board):
    """Told to read, the reader answers, and sends the label of the pouch that comes next; of each in its turn."""
    code = READER + "print(ask(*BY_COMMAND)); label(); to_mark(); cut(); label()"
    assert lines(board(code)) == [OK, OK, "b'4711-001\\r'", OK, "b'4711-002\\r'"]


@pytest.mark.parametrize("roll", [HEADED, [{**THREE[0], "unreadable": True}], None])
def test_a_label_that_cannot_be_read_is_silence(board, roll):
    """An empty pouch, a smudged label or no roll at all: the reader gives up after the time it was given."""
    code = (
        READER
        + "ask(*BY_COMMAND); ask(8, 1, 0, 6, 10, 0xAB, 0xCD); label()\nprint(ask(7, 1, 0, 2, 1, 0xAB, 0xCD)[4])"
    )
    answers = lines(board(code, roll))
    assert answers[:2] == [OK, "None"]
    assert answers[2] == "0"  # the trigger's zone: it has given up


def test_a_reader_that_is_told_to_stop_reads_nothing_later(board):
    """A read that was called off sends no label when a readable pouch comes: it would be taken for another one's."""
    code = READER + "ask(*BY_COMMAND); ask(*READ_NOW); print(ask(8, 1, 0, 2, 0, 0xAB, 0xCD))\n"
    code += "to_mark(); cut(); print(uart.read())"
    assert lines(board(code, HEADED)) == [OK, "None"]


def test_the_reader_wants_the_right_mode_sum_and_speed(board):
    """As delivered it reads nothing by command; a wrong sum is not answered; at another speed nobody understands."""
    code = READER + "label(); print(ask(8, 1, 0, 0, 0xD5, 1, 2)); print(ask(9, 1, 0, 0, 0, 0xDE, 0xC8))\n"
    code += "uart.init(115200); print(ask(*READ_NOW))"
    assert lines(board(code)) == [OK, "None", "None", OK, "None"]


def test_a_dead_reader_says_nothing(board):
    """A reader that is broken does not even answer."""
    assert lines(board(READER + "print(ask(*BY_COMMAND))", acts=[(0, "roll", {"reader": True})])) == ["None"]


def test_the_line_to_the_hub_works_beside_the_reader(board):
    """Both lines of the board are there at once."""
    code = READER + "hub = UART(0, 115200)\nprint(hub.write(b'hello'), ask(*BY_COMMAND), hub.any())"
    assert lines(board(code)) == [f"5 {OK} 0"]


def test_on_the_tablet_nothing_hangs_on_the_second_line(printed):
    """The tablet dispenser has no label reader; its second line is silent, and a third one does not exist."""
    code = "print(UART(1, 9600).write(b'hello'), UART(1, 9600, timeout=100).read())\ntry: UART(2)\n"
    code += "except ValueError as error: print(error)"
    assert printed(code, model="tablet") == ["5 None", "UART(2) doesn't exist"]
