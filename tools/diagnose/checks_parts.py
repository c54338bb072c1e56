"""D007 to D011: parts that the device has tried.  Pure."""

from protocol.service_state import (
    BEAM,
    ENCODER,
    FAULTY,
    LID_OPEN,
    LOADED,
    MOTOR,
    NFC,
    NO_ROLL,
    NOT_TRIED,
    SPEAKER,
    SPENT,
    UNCOVERED,
    SelfTested,
)
from tools.diagnose.facts import Facts
from tools.diagnose.finding import Answer, fail, foreign, ok, skip, warn

# Why a part was not tried.
_NOT_TRIED = {
    LOADED: (
        "The device is loaded, so its motor was not moved.",
        "With the centre's leave: dosevakt diagnose --tests --centre-url URL --account NAME",
    ),
    LID_OPEN: ("The lid is open, so its motor was not moved.", "Close the lid and run this again."),
    UNCOVERED: (
        "The shutter is not proven closed, so the motor was not moved.",
        "Look what keeps the shutter open; if nothing does, its switches are at fault.",
    ),
    SPENT: ("The battery is spent, so the motor was not moved.", "Connect the mains adapter."),
    NO_ROLL: ("No roll is in it that could be moved.", "Fill it, or test it with the roll taken out."),
}
# What a driver's words mean to a technician.
_CAUSES = {
    "stall": (
        "The carousel does not follow its motor.",
        "Look for something that holds it; then change the motor.",
    ),
    "pushed": ("Something else turns the carousel.", "Keep hands off it and run this again."),
    "magnet lost": (
        "The encoder does not see its magnet.",
        "Seat the carousel on its axis; if it stays so, change magnet or encoder.",
    ),
    "silent": ("It does not answer.", "Check its cable; else change it."),
    "too slow": ("The motion took too long.", "Clean the carousel's axis; then change the motor."),
    "did not arrive": (
        "The carousel did not come home.",
        "Clean the carousel's axis; then change the motor.",
    ),
    "position not proven": (
        "The carousel stands where nothing proves its place.",
        "Call the centre: a person must look.",
    ),
    UNCOVERED: ("The shutter did not stay closed.", "Send the device back: dosevakt return"),
    "roll stuck": ("The roll does not follow its motor.", "Thread it again; then change the motor."),
    "cutter stuck": ("The blade does not turn.", "Look for film around the blade; then change the cutter."),
    "head not proven": ("No perforation lies at the cutting line.", "Thread the roll again."),
    "no mark": (
        "No perforation is seen at the cutting line.",
        "Thread the roll again; then clean the mark sensor.",
    ),
    "expander silent": ("The chip that reads the switches does not answer.", "Change the board."),
    "blocked": (
        "Something is in the beam, or its emitter is dead.",
        "Clean the opening; then change the sensor.",
    ),
}


def motor_home(facts: Facts) -> Answer:
    """Does the motor bring the carousel (the blade) home, and is that proven?"""
    return _tried(facts, MOTOR, "The motor moved and came home, proven by the sensor.")


def encoder(facts: Facts) -> Answer:
    """Does the sensor see what moves?"""
    return _tried(facts, ENCODER, "The position sensor answers and sees its mark.")


def beam(facts: Facts) -> Answer:
    """Is the pick-up opening seen as empty?"""
    return _tried(facts, BEAM, "The pick-up opening is seen as empty.")


def speaker(facts: Facts) -> Answer:
    """Did a person hear the tone?  It cannot hear itself."""
    played = _tried(facts, SPEAKER, "A person heard the tone.")
    heard = facts.device.heard
    if facts.device.tests.get(SPEAKER) is None or played.verdict != "ok" or heard:
        return played
    if heard is None:
        return skip("A tone was played, and nobody was asked whether it sounded.", "Run this at a terminal.")
    return fail("Nobody heard the tone.", "Check the speaker's cable; else change it.")


def tag_reader(facts: Facts) -> Answer:
    """Does the tag reader answer?"""
    return _tried(facts, NFC, "The tag reader answers.")


def _tried(facts: Facts, part: int, good: str) -> Answer:
    tested: SelfTested | None = facts.device.tests.get(part)
    if tested is None:
        return skip(facts.device.missing or "It was not tried.")
    if tested.verdict == NOT_TRIED:
        sentence, todo = _NOT_TRIED.get(tested.cause, (f"It was not tried: {foreign(tested.cause)}.", ""))
        return warn(sentence, todo) if tested.cause == UNCOVERED else skip(sentence, todo)
    if tested.verdict == FAULTY:
        return fail(
            *_CAUSES.get(
                tested.cause, (f"It does not work: {foreign(tested.cause)}.", "Send it back: dosevakt return")
            )
        )
    return ok(good)
