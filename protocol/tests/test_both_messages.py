"""Every message's bounds and rules, on both interpreters."""

from protocol import cbor, commands, errors, events, link_messages, path_messages, receipts
from protocol.errors import MessageError
from protocol.load_plan import Dose, LoadPlan
from protocol.record import Record
from protocol.refill_commands import AddCredential
from protocol.service_return import ReturnAsk
from protocol.tests import samples, samples_path
from protocol.tests.makers import code_of
from protocol.tests.samples import DEVICE, DOSE, HEAD, HUB, MORNING_S, PLAN


def body_of(message):
    """What an envelope holds, or the message itself."""
    body = getattr(message, "body", None)
    return body if isinstance(body, Record) else message


def test_a_message_with_a_field_more_is_refused():
    """A field this version does not know might matter to the patient: the message is refused, not half understood."""
    for rule, message in (
        ("event", samples.EVENTS[4]),
        ("command", samples.COMMANDS[2]),
        ("receipt", samples.RECEIPT),
        ("hub-state", samples_path.HUB_STATE),
    ):
        fields = message.to_map()
        fields[90] = 1
        assert code_of(samples.decoders()[rule], cbor.encode(fields)) == errors.UNKNOWN_FIELD
    for message in samples.EVENT_BODIES + tuple([command.body for command in samples.COMMANDS]):
        fields = message.to_map()
        fields[90] = 1
        assert code_of(type(message).from_map, fields) == errors.UNKNOWN_FIELD


def test_a_message_with_a_field_less_is_refused():
    """Each field of each message must be there, unless its table says that it may be absent."""
    for _, _, message, _ in samples.every():
        body = body_of(message)
        for key in body.to_map():
            fields = body.to_map()
            del fields[key]
            alone = key in body.OPTIONAL and not isinstance(body, (events.ReleaseIntended, ReturnAsk))
            code = 0 if alone else errors.BAD_BYTES
            if isinstance(body, AddCredential) and key == 3 and 4 not in fields:
                code = errors.OUT_OF_BOUNDS  # neither tag nor PIN
            assert code_of(type(body).from_map, fields) == code, (body, key)
    fields = samples.PLAN_FULL.to_map()
    del fields[6]
    assert LoadPlan.from_map(fields).reminder is None


def test_a_null_is_not_an_absent_field():
    """A field that is there holds a value: null is refused, also where the field may be absent."""
    for _, _, message, _ in samples.every():
        body = body_of(message)
        for key in body.to_map():
            fields = body.to_map()
            fields[key] = None
            assert code_of(type(body).from_map, fields) == errors.BAD_BYTES, (body, key)


def test_an_unknown_type_is_named():
    """An event or command of a type from the future is refused as unknown, and its heading can still be read."""
    fields = samples.EVENTS[0].to_map()
    fields[8] = 999
    assert code_of(events.decode_event, cbor.encode(fields)) == errors.UNKNOWN_TYPE
    assert events.decode_heading(cbor.encode(fields)).seq == samples.EVENTS[0].seq
    fields = samples.COMMANDS[0].to_map()
    fields[4] = 999
    assert code_of(commands.decode_command, cbor.encode(fields)) == errors.UNKNOWN_TYPE
    assert commands.decode_command_heading(cbor.encode(fields)).counter == samples.COMMANDS[0].counter
    assert code_of(link_messages.decode_link_message, cbor.encode([99, {}])) == errors.UNKNOWN_TYPE
    assert code_of(path_messages.decode_up, cbor.encode([99, []])) == errors.UNKNOWN_TYPE
    assert code_of(path_messages.decode_down, cbor.encode([99, []])) == errors.UNKNOWN_TYPE


def test_numbers_are_refused_not_clamped():
    """A slot 57, a window of 4 minutes, 21 pills, a negative time: refused in the constructor, on every side."""
    for call, arguments in (
        (events.DoseDue, (DOSE, 0)),
        (events.DoseDue, (DOSE, 57)),
        (events.DoseDue, (DOSE[:15], 3)),
        (events.DoseUncertain, (DOSE, 3, 4)),
        (events.DoseWithheld, (DOSE, 3, 10)),
        (events.DoseMissed, (DOSE, 3, -1)),
        (events.DoseMissed, (DOSE, 3, 1 << 32)),
        (events.ReminderRaised, (DOSE, 3, 0)),
        (events.Booted, ("x" * 33, 1, 1, True)),
        (events.Booted, ("0.1", 1, 3, True)),
        (events.CommandRefused, (1, 1, 31)),
        (events.AlarmRaised, (0, "")),
        (events.AlarmRaised, (105, "x" * 65)),
        (events.AlarmRaised, (105, "two\nlines")),
        (Dose, (DOSE, 1, MORNING_S, 0, 299, 1)),
        (Dose, (DOSE, 1, MORNING_S, 0, 18001, 1)),
        (Dose, (DOSE, 1, MORNING_S, 18001, 3600, 1)),
        (Dose, (DOSE, 1, MORNING_S, 0, 3600, 0)),
        (Dose, (DOSE, 1, MORNING_S, 0, 3600, 21)),
        (Dose, (DOSE, 1, MORNING_S, 0, 3600, 1, 8)),
        (Dose, (DOSE, 1, MORNING_S, 0, 3600, 1, 0, "x" * 41)),
        (commands.SetClock, (b"short", MORNING_S)),
        (commands.ActivatePlan, (PLAN, 0)),
        (link_messages.LinkEvent, (b"",)),
        (link_messages.Trusted, (99,)),
        (path_messages.HubState, (True, 0, "0.1", [], 0)),
    ):
        assert code_of(call, *arguments) == errors.OUT_OF_BOUNDS, (call, arguments)


def test_a_value_of_the_wrong_kind_is_refused():
    """Text for a number, true for 1, a list for an id: refused, on both interpreters alike."""
    for call, arguments in (
        (events.DoseDue, (DOSE, "3")),
        (events.DoseDue, (DOSE, True)),
        (events.DoseDue, ("text", 3)),
        (events.Booted, ("0.1", 1, 1, 1)),
        (events.Booted, (b"0.1", 1, 1, True)),
        (link_messages.PathState, (0,)),
        (receipts.Receipt, (HUB, 1, 5)),
    ):
        assert code_of(call, *arguments) == errors.BAD_BYTES, (call, arguments)


def test_the_first_event_chains_to_nothing_and_no_other_does():
    """Only event 1 has an empty `prev`: a journal cannot begin twice."""
    body = events.LidOpened()
    assert code_of(events.Event, DEVICE, 1, HEAD, 0, 0, 1, 1, body) == errors.OUT_OF_BOUNDS
    assert code_of(events.Event, DEVICE, 2, events.NO_PREV, 0, 0, 1, 1, body) == errors.OUT_OF_BOUNDS
    assert code_of(events.Event, DEVICE, 0, events.NO_PREV, 0, 0, 1, 1, body) == errors.OUT_OF_BOUNDS


def test_an_unset_clock_shows_no_time():
    """An event says a time exactly if the device knows the time."""
    body = events.LidOpened()
    assert code_of(events.Event, DEVICE, 2, HEAD, MORNING_S, 0, 1, 1, body) == errors.OUT_OF_BOUNDS
    assert code_of(events.Event, DEVICE, 2, HEAD, 0, 1, 1, 1, body) == errors.OUT_OF_BOUNDS


def test_a_receipt_speaks_of_each_device_once():
    """A receipt names each device once, and says nothing of others."""
    assert samples.RECEIPT.covering(DEVICE) == (41, HEAD)
    assert samples.RECEIPT.covering(b"somebody") is None
    assert code_of(receipts.Receipt, HUB, 1, [(DEVICE, 1, HEAD), (DEVICE, 2, HEAD)]) == errors.OUT_OF_BOUNDS
    assert code_of(receipts.Receipt, HUB, 1, []) == errors.OUT_OF_BOUNDS
    rows = [(bytes([n]) * 8, 1, HEAD) for n in range(65)]
    assert code_of(receipts.Receipt, HUB, 1, rows) == errors.OUT_OF_BOUNDS


def test_a_topic_names_tenant_and_hub():
    """A hub's topics are its own; anything that is not exactly such a topic is refused."""
    name = path_messages.topic("demo", HUB, "up")
    assert name == "dosevakt/v1/demo/1122334455667788/up"
    assert path_messages.parse_topic(name) == ("demo", HUB, "up")
    for wrong in (
        "dosevakt/v1/demo/1122334455667788/down/x",
        "dosevakt/v2/demo/1122334455667788/up",
        "dosevakt/v1/demo/112233445566778/up",
        "dosevakt/v1/demo/11223344556677zz/up",
        "dosevakt/v1/demo/1122334455667788/sideways",
        "dosevakt/v1/+/1122334455667788/up",
        "dosevakt/v1/Demo/1122334455667788/up",
        "dosevakt/v1/demo/112233445566AABB/up",
        "dosevakt/v1//1122334455667788/up",
        "",
    ):
        assert code_of(path_messages.parse_topic, wrong) != 0, wrong


def test_a_refusal_is_a_sentence():
    """Every refusal code has a sentence, and an error's text holds it."""
    for code in errors.REFUSALS:
        assert errors.REFUSALS[code] in str(MessageError(code, "detail"))
    assert str(MessageError(errors.GAP)) == errors.REFUSALS[errors.GAP]
    assert str(errors.LinkError(0, "the link is down")) == "the link is down"
