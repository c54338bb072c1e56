"""The chips of the refill, asked by lines of firmware at register level: NFC reader, keypad, proximity sensor."""

import json

import pytest

from tools.emulator.bench_client import BenchError

# A driver in few lines, after the user manual: command out, ready byte, acknowledge, ready byte, answer.
NFC = """
bus = I2C(0, freq=400_000)
def framed(*body):
    body = bytes((0xD4,) + body)
    return bytes((0, 0, 0xFF, len(body), -len(body) & 255)) + body + bytes((-sum(body) & 255, 0))
def wait(ms=2000):
    end = time.ticks_add(time.ticks_ms(), ms)
    while not bus.readfrom(0x24, 1)[0]:
        if time.ticks_diff(end, time.ticks_ms()) < 0:
            return False
        time.sleep_ms(2)
    return True
def ask(*body, ms=2000):
    bus.writeto(0x24, framed(*body))
    wait()
    if bus.readfrom(0x24, 7) != b"\\x01\\0\\0\\xff\\0\\xff\\0":
        return "no acknowledge"
    if not wait(ms):
        return "silent"
    got = bus.readfrom(0x24, 40)
    return got[7 : 6 + got[4]].hex()
"""
SAM = "ask(0x14, 1, 0, 0)\n"
UID = "04a1b2c3d4e5f6"
HELD = [(0, "tag", {"uid": UID, "data": bytes(range(48)).hex()})]
BOARDS = pytest.mark.parametrize("model", ["tablet", "multidose"])


@BOARDS
def test_the_reader_says_who_it_is(printed, model):
    """An NFC reader is asked for its version and answers: IC 32h, version 1.6."""
    assert printed(NFC + "print(ask(2))", model=model) == ["0332010607"]


def test_the_reader_works_in_its_own_time(printed):
    """Right after a command neither acknowledge nor answer can be read, then first the one and then the other."""
    code = NFC + "bus.writeto(0x24, framed(2)); print(bus.readfrom(0x24, 1)[0]); time.sleep_ms(5)\n"
    code += "print(bus.readfrom(0x24, 1)[0], bus.readfrom(0x24, 7).hex()); print(bus.readfrom(0x24, 40)[6])"
    assert printed(code, model="tablet") == ["0", "1 010000ff00ff00", "213"]


def test_a_frame_with_a_wrong_sum_is_not_answered(printed):
    """A command that was disturbed on the wire is not done, and gets no acknowledge."""
    code = NFC + "bus.writeto(0x24, framed(2)[:-2] + b'\\0\\0'); print(wait(500))"
    assert printed(code, model="tablet") == ["False"]


def test_the_radio_is_off_until_the_reader_is_set_up(printed):
    """Seeking a tag before SAMConfiguration is a syntax error, as is any command that the chip does not know."""
    code = NFC + "bus.writeto(0x24, framed(0x4A, 1, 0)); time.sleep_ms(9); bus.readfrom(0x24, 7)\n"
    code += "print(bus.readfrom(0x24, 9).hex())"
    assert printed(code, acts=HELD, model="tablet") == ["010000ff01ff7f8100"]


@BOARDS
def test_a_tag_that_is_held_there_can_be_read(printed, model):
    """The tag's number and its pages come over as they are: number, check bytes, then what is written on it."""
    code = NFC + SAM + "print(ask(0x4A, 1, 0))\n"
    code += "for page in (0, 4, 8, 12, 42): print(ask(0x40, 1, 0x30, page))"
    number, head, first, second, third, around = printed(code, acts=HELD, model=model)
    assert number == "4b010100440007" + UID
    assert head == "4100" + "04a1b29f" + "c3d4e5f6" + "04480000" + "e1101200"  # 88^04^a1^b2, c3^d4^e5^f6
    assert [first, second, third] == ["4100" + bytes(range(n, n + 16)).hex() for n in (0, 16, 32)]
    assert around.endswith("04a1b29f")  # after the last page comes page 0


def test_a_tag_that_comes_later_is_found_then(printed):
    """The reader waits as long as it takes, and answers 10 ms after somebody holds a tag there."""
    code = NFC + SAM + "print(ask(0x4A, 1, 0, ms=5000), time.ticks_ms() // 100)"
    acts = [(1500, "tag", {"uid": UID})]
    number, at = printed(code, acts=acts, model="tablet")[0].split()
    assert number.endswith(UID) and at[-3:] == "015"


def test_without_a_tag_the_reader_gives_up_when_it_is_told_to(printed):
    """With retries limited, no tag is an answer: none found."""
    code = NFC + SAM + "print(ask(0x32, 5, 255, 1, 1)); print(ask(0x4A, 1, 0))"
    assert printed(code, model="tablet") == ["33", "4b00"]


def test_waiting_for_a_tag_can_be_given_up(printed):
    """An acknowledge sent by the firmware ends the search; the next command is answered."""
    code = (
        NFC
        + SAM
        + "print(ask(0x4A, 1, 0, ms=100)); bus.writeto(0x24, b'\\0\\0\\xff\\0\\xff\\0'); print(ask(2))"
    )
    assert printed(code, model="tablet") == ["silent", "0332010607"]


def test_an_answer_can_be_asked_for_again(printed):
    """What was garbled on the wire is repeated after a NACK."""
    code = (
        NFC + "a = ask(2); bus.writeto(0x24, b'\\0\\0\\xff\\xff\\0\\0'); print(bus.readfrom(0x24, 12).hex())"
    )
    assert printed(code, model="tablet") == ["010000ff06fad50332010607"]


def test_a_tag_that_is_taken_away_does_not_answer(printed):
    """A page asked for after the tag has gone is a time-out, not old data."""
    code = NFC + SAM + "ask(0x4A, 1, 0); time.sleep_ms(1000); print(ask(0x40, 1, 0x30, 4))"
    acts = [*HELD, (700, "tag", {"uid": None})]
    assert printed(code, acts=acts, model="tablet") == ["4101"]


def test_a_page_that_is_not_there_is_refused_and_ends_the_selection(printed):
    """Reading past the tag's last page is an error; the tag then has to be found again."""
    code = NFC + SAM + "ask(0x4A, 1, 0)\nfor page in (45, 4): print(ask(0x40, 1, 0x30, page))\n"
    code += "ask(0x4A, 1, 0); print(len(ask(0x40, 1, 0x30, 4)))"
    assert printed(code, acts=HELD, model="tablet") == ["4113", "4101", "36"]


def test_of_a_card_without_pages_only_the_number_is_read(printed):
    """A four-byte card has a number and nothing that can be read without its key."""
    code = NFC + SAM + "print(ask(0x4A, 1, 0)); print(ask(0x40, 1, 0x30, 4))"
    acts = [(0, "tag", {"uid": "deadbeef"})]
    assert printed(code, acts=acts, model="tablet") == ["4b01010004" + "0804" + "deadbeef", "4113"]


# twelve electrodes, thresholds and sampling as the application note gives them
KEYPAD = """
bus = I2C(0, freq=400_000)
def put(register, *values): bus.writeto_mem(0x5A, register, bytes(values))
def touched():
    low, high = bus.readfrom_mem(0x5A, 0, 2)
    return low | high << 8
put(0x80, 0x63)
put(0x41, *(12, 6) * 12)
put(0x5D, 0x20)
put(0x5E, 0x8C)
def typed(ms):
    end, last, keys = time.ticks_add(time.ticks_ms(), ms), 0, []
    while time.ticks_diff(end, time.ticks_ms()) > 0:
        now = touched()
        if now & ~last: keys.append(len(bin(now & ~last)) - 3)
        last = now
        time.sleep_ms(20)
    return keys
"""


@BOARDS
def test_keys_are_felt_one_after_the_other(printed, model):
    """Twelve keys are typed and twelve are felt, in their order: the digits, Back and OK."""
    acts = [(500, "key", {"keys": "1234567890*#"})]
    assert printed(KEYPAD + "print(typed(6000))", for_ms=8000, acts=acts, model=model) == [
        "[1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 10, 11]"
    ]


def test_the_same_key_twice_is_two_touches(printed):
    """A PIN with doubled digits has all its digits, also when it is typed in two parts."""
    acts = [(500, "key", {"keys": "11"}), (600, "key", {"keys": "12"})]
    assert printed(KEYPAD + "print(typed(3000))", acts=acts, model="tablet") == ["[1, 1, 1, 2]"]


@pytest.mark.parametrize(
    ("why", "spoil"),
    [
        ("stopped", "put(0x5E, 0)"),
        ("too insensitive", "put(0x5E, 0); put(0x41, *(90, 80) * 12); put(0x5E, 0x8C)"),
        ("too few electrodes", "put(0x5E, 0); put(0x5E, 0x84)"),
    ],
)
def test_a_keypad_that_is_set_up_wrongly_feels_nothing(printed, why, spoil):
    """A finger is not felt by a keypad that is stopped, deaf, or not told of that key."""
    acts = [(500, "key", {"keys": "7"})]
    assert printed(KEYPAD + spoil + "\nprint(typed(2000))", acts=acts, model="tablet") == ["[]"]


def test_without_thresholds_every_key_seems_touched(printed):
    """After a reset the thresholds are nothing, and noise is taken for fingers."""
    code = KEYPAD + "put(0x80, 0x63); put(0x5E, 0x8C); print(touched())"
    assert printed(code, model="tablet") == ["4095"]


def test_a_running_keypad_keeps_its_settings(printed):
    """Thresholds can be written only while the chip is stopped."""
    code = (
        KEYPAD
        + "put(0x41, 99); print(bus.readfrom_mem(0x5A, 0x41, 1)[0], bus.readfrom_mem(0x5A, 0x5D, 1)[0])"
    )
    assert printed(code, model="tablet") == ["12 32"]


FLOOR = """
bus = I2C(0, freq=400_000)
def put(register, word): bus.writeto_mem(0x60, register, word.to_bytes(2, 'little'))
def get(register): return int.from_bytes(bus.readfrom_mem(0x60, register, 2), 'little')
"""


def test_the_proximity_sensor_says_who_it_is_and_sleeps(printed):
    """It is known by its number, and measures nothing before it is switched on."""
    assert printed(FLOOR + "print(hex(get(0x0C)), get(8), get(3))", model="tablet") == ["0x186 0 1"]


def test_the_proximity_sensor_sees_whether_a_compartment_is_occupied(printed):
    """Through the floor at the opening: much light comes back from tablets, little from an empty compartment."""
    code = FLOOR + "put(4, 0x0700); put(3, 0x080E); print(get(8))\n"
    code += "for _ in range(3): time.sleep(1); print(get(8) // 32)"
    acts = [
        (100, "turn_by_hand", {"cdeg": round(36000 / 29)}),
        (1500, "fill", {"slots": {"1": 1}}),
        (2500, "turn_by_hand", {"cdeg": 600}),
    ]
    first, empty, one_pill, frame = map(int, printed(code, acts=acts, model="tablet"))
    assert first == 0
    assert (empty, one_pill, frame) == (
        pytest.approx(40, abs=2),
        pytest.approx(400, abs=2),
        pytest.approx(1500, abs=2),
    )


@pytest.mark.parametrize("chip", ["nfc", "keypad", "occupancy"])
def test_a_chip_whose_joint_is_broken_does_not_answer(printed, chip):
    """Each of the three can fail, and says so in the only way it can: by silence on the bus."""
    address = {"nfc": 0x24, "keypad": 0x5A, "occupancy": 0x60}[chip]
    code = f"time.sleep(1)\ntry: I2C(0).readfrom({address}, 1)\nexcept OSError as error: print(error.errno)"
    assert printed(code, acts=[(500, chip, {"ok": False})], model="tablet") == ["5"]


def test_the_bench_says_what_lies_at_the_opening(make):
    """What the sensor has to find out, the bench knows."""
    dispenser = make(model="tablet")
    dispenser.fill({1: 2})
    assert dispenser.read()["occupied"] is False
    dispenser.turn_by_hand(1)
    assert dispenser.read()["occupied"] is True


def test_a_swapped_tray_is_another_tray(make):
    """Under an open lid the whole tray goes: what the new one does not hold is empty."""
    dispenser = make(model="tablet")
    dispenser.fill({1: 2, 9: 1})
    dispenser.lid(True)
    dispenser.tray({2: 3, 28: 1})
    assert dispenser.read()["pills"] == {"2": 3, "28": 1}


def test_a_tag_stays_where_it_is_held_when_the_power_fails(make):
    """A tag that lies at the reader lies there after a power cut."""
    dispenser = make(model="tablet")
    dispenser.tag(UID, b"DVT1")
    dispenser.cut_power()
    dispenser.power_on()
    assert dispenser.read()["tag"] == UID
    dispenser.tag(None)
    assert dispenser.read()["tag"] is None


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        ({"do": "key"}, "'key' needs the field 'keys'."),
        (
            {"do": "key", "keys": "12a"},
            "The keypad has 0 to 9, * (Back) and # (OK); give 'keys' as a text of these.",
        ),
        ({"do": "key", "keys": ""}, "The keypad has 0 to 9"),
        ({"do": "key", "keys": 12}, "A field of 'key' is of the wrong kind"),
        ({"do": "tag"}, "'tag' needs the field 'uid'."),
        (
            {"do": "tag", "uid": "04"},
            "A tag's uid has 4 or 7 bytes, as 8 or 14 hex digits; null takes the tag away.",
        ),
        ({"do": "tag", "uid": "xyz"}, "'uid' of a tag is hex digits, two for a byte."),
        ({"do": "tag", "uid": UID, "data": "00" * 145}, "145 bytes do not go onto an NTAG213"),
        ({"do": "tag", "uid": "deadbeef", "data": "00"}, "Only a tag with a uid of 7 bytes holds data"),
        ({"do": "tray", "slots": {"1": 1}}, "The tray can be swapped only under an open lid"),
    ],
)
def test_what_no_hand_can_do_is_refused_in_a_sentence(make, request_, sentence):
    """A wrong key, tag or tray is refused with what is wrong and what to do."""
    dispenser = make(model="tablet")
    with pytest.raises(BenchError) as refused:
        dispenser.ask(**request_)
    assert sentence in str(refused.value)


@pytest.mark.parametrize("slots", [{"29": 1}, {"1": 100}])
def test_a_tray_that_does_not_exist_changes_nothing(make, slots):
    """A tray with a slot that no carousel has is refused whole."""
    dispenser = make(model="tablet")
    dispenser.fill({1: 2})
    dispenser.lid(True)
    with pytest.raises(BenchError):
        dispenser.ask("tray", slots=slots)
    assert json.dumps(dispenser.read()["pills"]) == '{"1": 2}'
