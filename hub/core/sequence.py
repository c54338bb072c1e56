"""What to do with an event, by its number alone.  Pure.

The hub holds, for each device, everything up to `last`.  A number that is not the next one is never taken in
silence: the prototype that did so lost 9 to 12 events at every kill.
"""

STORE = "store"  # the next one: keep it
REPEAT = "repeat"  # we hold it already: acknowledge it again
FORK = "fork"  # another event under a number that is taken: keep it too, the centre judges
GAP = "gap"  # something is missing: keep nothing, ask the device to start again


def judge(last: int | None, seq: int, same_as_held: bool | None, asked_at: int | None) -> str:
    """Return STORE, REPEAT, FORK or GAP.

    last: highest number held without a hole, None for a device never seen.  Its first event is then the start of
        our record: what came before went through another hub, and the device has receipts for it.
    same_as_held: for a number we hold or just held: are the bytes the same?  None when we can no longer tell.
    asked_at: the `last` at which we asked this device to start again, None if we did not.  A device that was told
        what we hold and still starts higher has receipts for what is missing (it was on another hub); asking it
        for ever would silence it.  Should it be wrong, the centre's chain check finds the gap.
    """
    if last is None or seq == last + 1:
        return STORE
    if seq <= last:
        return FORK if same_as_held is False else REPEAT
    return STORE if asked_at == last else GAP
