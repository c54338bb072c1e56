"""One of each that hub and centre say to each other.  A board knows none of it: loaded only by who asks for all."""

from protocol import path_messages
from protocol.tests.samples import COSE, DEVICE, MORNING_S, NONCE, named

UP_MESSAGES = (
    path_messages.Events((COSE, COSE)),
    path_messages.CarriedClockProof(DEVICE, NONCE),
    path_messages.UpdateState(DEVICE, bytes(range(32)), 4, 13),
)
DOWN_MESSAGES = (
    path_messages.CarriedReceipt(COSE),
    path_messages.CarriedCommand(DEVICE, COSE),
    path_messages.PrepareUpdate(DEVICE, "dosevakt-tablet-pico-0.2.0.dvb", bytes(range(32))),
    path_messages.DropUpdate(DEVICE),
)
HUB_STATE = path_messages.HubState(True, 12, "0.1.0", (DEVICE,), MORNING_S)

ENCODERS = {
    "up-message": path_messages.encode_path_message,
    "down-message": path_messages.encode_path_message,
    "hub-state": lambda message: message.encode(),
}
DECODERS = {
    "up-message": path_messages.decode_up,
    "down-message": path_messages.decode_down,
    "hub-state": path_messages.decode_state,
}


def every():
    """(vector name, schema rule, message, bytes) of each."""
    encode = path_messages.encode_path_message
    rows = [(named("up", m), "up-message", m, encode(m)) for m in UP_MESSAGES]
    rows += [(named("down", m), "down-message", m, encode(m)) for m in DOWN_MESSAGES]
    return rows + [("state", "hub-state", HUB_STATE, HUB_STATE.encode())]
