"""What people call the kinds of dispenser, here as at the centre and on the emulator's command line."""

from protocol.device_events import MODEL_MULTIDOSE, MODEL_TABLET

MODELS = {MODEL_TABLET: "tablet", MODEL_MULTIDOSE: "multidose"}
