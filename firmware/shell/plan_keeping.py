"""Keep two plans on flash: the one in force, and the one that waits for staff to confirm what lies in the device."""

from firmware.shell.rare import drop

LANGUAGE = "nb"  # until a plan says otherwise


class PlanKeeping:
    """`active`: the Schedule in force, or None.  `unreadable`: there is one on flash, and nobody can read it."""

    def __init__(self, settings, recorder):
        self._settings = settings
        self._recorder = recorder
        self.unreadable = False
        self.active = None

    def start(self):
        """Load the plan in force.  What a power cut left untold of it is told now."""
        from firmware.shell.plan_changing import start

        start(self, self._settings, self._recorder)
        del start
        drop("firmware.shell.plan_changing")

    @property
    def language(self):
        """The patient's language."""
        return self.active.language if self.active is not None else LANGUAGE

    @property
    def forgotten(self):
        """True while nobody knows what was given before: the plan in force or the memory of its doses is lost."""
        return self.unreadable or self._recorder.memory_lost

    def store(self, command):
        """Keep the bytes of a checked StoreLoadPlan command until it is activated."""
        self._settings.put("plan_stored", command)

    def stored(self):
        """Those bytes, or None."""
        return self._settings.get("plan_stored")

    def activate(self, active):
        """Put this Schedule in force, as a whole."""
        from firmware.shell.plan_changing import activate

        activate(self, active, self._settings, self._recorder)
