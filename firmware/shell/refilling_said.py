"""Words and events of a filling, loaded for each and dropped at once: both are many, and needed for a moment only."""

from firmware.shell.rare import drop

_EVENTS = ("protocol.refill_events", "protocol.credentials", "firmware.core.rare_entries")


def note(room, name, *values):
    """Journal the event of this name (protocol/refill_events.py)."""
    from protocol import refill_events

    body = getattr(refill_events, name)(*values)
    del refill_events
    drop(*_EVENTS)
    room.recorder.note(body)
    del body
    drop(*_EVENTS)


def say(room, language, step, values, due=None):
    """Show a step.  due: (offsets, due UTC s, now UTC s, how many or 0, "pill" or "pouch") of the slot it speaks of."""
    from firmware.refill import speech

    if due is not None:
        offsets, due_s, now_s, many, kind = due
        values += speech.when(language, offsets, due_s, now_s)
        if many:
            values += speech.how_many(language, many, kind)
    lines = speech.lines_of(language, step, values)
    del speech
    drop("firmware.refill.speech", "firmware.refill.words." + language)
    room.say(lines)
