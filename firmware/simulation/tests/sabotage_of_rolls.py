"""The multidose dispenser and the refill with one promise broken on purpose; see sabotage.py, which plays them."""


def retire_in_silence():
    """Pouches of a dose that has ended go to the chamber, and the journal does not say so first."""
    from firmware.shell.roll_moving import Moving
    from firmware.simulation.history import name_of

    retire = Moving.retire

    async def hushed(self):
        note = self._recorder.note
        self._recorder.note = lambda body: None if name_of(body) == "PouchesRetiring" else note(body)
        try:
            await retire(self)
        finally:
            self._recorder.note = note

    Moving.retire = hushed


def know_no_doubt():
    """Where the roll was last, there it is: whatever was begun meanwhile."""
    from firmware.core import roll
    from firmware.shell.roll_mechanism import RollMechanism

    roll._doubted = lambda ledger, slot: False
    RollMechanism.at_head = lambda self: (
        roll.at_head(self._plans.active, self.ledger) if self._plans.active else 0
    )


def keep_what_was_missed():
    """A missed pouch stays where it is, and the next press feeds one pouch on, whichever that is."""
    from firmware.core import roll
    from firmware.shell.roll_mechanism import RollMechanism

    roll.to_retire = lambda schedule, ledger, label=None: None
    roll.lies_ready = lambda schedule, ledger, slot, label=None: True
    RollMechanism.at_head = lambda self: 1


def leave_it_hanging():
    """A pouch that was fed and not cut stays where it hangs."""
    from firmware.shell.roll_moving import Moving

    empty = Moving.empty

    async def trusting(self):
        self._mechanism.unsure = False
        return await empty(self)

    Moving.empty = trusting


def count_one_more():
    """The chamber's count is one too high."""
    from firmware.shell.roll_moving import Moving

    retained = Moving._retained
    Moving._retained = lambda self, slot, fell: retained(self, slot, fell + 1)


def seal_unseen():
    """What the full turn has found is not told."""
    from firmware.refill import filling

    filling.differences = lambda *bits: []


def never_lock():
    """As many tries as anybody likes."""
    from firmware.shell.refilling_identify import Asking

    Asking._settle_lock = lambda self: None


def give_while_filling():
    """A refill that is going on, or was broken off, stops no release."""
    from firmware.core.ledger import Ledger
    from firmware.shell.mechanism import Mechanism

    blocked = Mechanism.blocked
    check = Ledger.check

    def unblocked(self):
        cause = blocked(self)
        return 0 if cause == 11 else cause

    def unchecked(self, body):
        refill, needs, self.refill, self.needs_refill = self.refill, self.needs_refill, None, False
        try:
            check(self, body)
        finally:
            self.refill, self.needs_refill = refill, needs

    Mechanism.blocked, Ledger.check = unblocked, unchecked
