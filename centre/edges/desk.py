"""What staff ask for: enrol, make a plan, put it in force.  Each leaves an audit row."""

import uuid
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from centre.core import outbox, replan
from centre.core.dose_life import KnownDose
from centre.core.plan_fields import PlanError
from centre.core.plan_maker import Ids, make_plan, shown_in, waits_for_refill
from centre.edges import alarm_store, command_store, device_state, dose_store, registry
from centre.edges.alarm_store import Who
from centre.edges.keys import CentreKey
from protocol import cose, errors
from protocol.commands import ActivatePlan, SetClock, StoreLoadPlan, decode_command
from protocol.load_plan import MEDIUM_ROLL, MEDIUM_TRAY, LoadPlan
from protocol.record import U32_MAX, Message

MEDIUM_OF_MODEL = {1: MEDIUM_TRAY, 2: MEDIUM_ROLL}  # registry.MODELS
PLAN_GOOD_S = 7 * 86400  # a device that cannot be reached for a week needs a person, not an old plan
CLOCK_GOOD_S = 86400  # the nonce binds the answer to its question; this only bounds a clock that runs ahead


class NotInForce(Exception):
    """The plan is not the one that the device doses by; the text is a sentence."""


class NotActivated(Exception):
    """Staff cannot put this plan in force from here; the text is a sentence."""


class HandedBack(Exception):
    """The dispenser has been erased and doses for nobody; the text is a sentence."""


class Desk:
    """Signs with the centre's key, for one tenant, inside the caller's transaction."""

    def __init__(self, tenant: str, key: CentreKey, time_zone: str = "Europe/Oslo") -> None:
        self._tenant = tenant
        self._key = key
        self._show = shown_in(ZoneInfo(time_zone))

    def issue_plan(
        self, connection: Connection, device_id: str, written: object, who: Who
    ) -> tuple[LoadPlan, int]:
        """Check, sign and queue what staff wrote.  Returns the plan and its command's counter.

        With "activate": false it waits in the dispenser for a refill, and takes the place of one that waits already.
        Raises PlanError (a sentence), LookupError (no such device) or HandedBack.
        """
        self._check_in_use(connection, device_id)
        known = dose_store.known_doses(connection, self._tenant, device_id)
        version = dose_store.next_version(connection, self._tenant, device_id)
        plan = make_plan(written, Ids(uuid.uuid4().bytes, version, _new_id), who.at_s)
        waits = waits_for_refill(written) or _needs_refill(plan)
        return plan, self._send_plan(connection, device_id, plan, known, "issue_plan", who, waits)

    def replan(
        self, connection: Connection, device_id: str, plan_id: str, written: object, who: Who
    ) -> tuple[LoadPlan, int]:
        """A new version of the plan in force, for what lies in the device already.

        A dose in the same compartment for the same time keeps its id; what is not written any more is taken out.
        Raises PlanError (a sentence), LookupError (no such device or plan), NotInForce or HandedBack.
        """
        self._check_in_use(connection, device_id)
        if dose_store.newest_version(connection, self._tenant, device_id, plan_id) is None:
            raise LookupError(f"This device has no plan {plan_id}.")
        in_force = dose_store.plan_in_force(connection, self._tenant, device_id)
        if in_force is None or in_force[0] != plan_id:
            raise NotInForce(f"The device does not dose by plan {plan_id}; issue a new plan instead.")
        known = dose_store.known_doses(connection, self._tenant, device_id)
        version = dose_store.next_version(connection, self._tenant, device_id)
        if waits_for_refill(written):
            raise PlanError("A replan is for what lies in the dispenser already; it waits for no refill.")
        held = dose_store.stored_plan(connection, self._tenant, device_id, *in_force)
        laid = held.roll if held is not None else None
        ids = replan.kept_ids(known, bytes.fromhex(plan_id), version, _new_id, laid)
        plan = make_plan(written, ids, who.at_s)
        return plan, self._send_plan(connection, device_id, plan, known, "replan", who)

    def _send_plan(
        self,
        connection: Connection,
        device_id: str,
        plan: LoadPlan,
        known: list[KnownDose],
        verb: str,
        who: Who,
        waits: bool = False,
    ) -> int:
        self._check_medium(connection, device_id, plan)
        replan.check(plan, known, self._show)
        dose_store.save_plan(connection, self._tenant, device_id, plan, who.name, who.at_s, waits)
        words = f"device {device_id} plan {plan.plan_id.hex()} version {plan.version}"
        alarm_store.note(connection, self._tenant, verb, who, words)
        return self.queue(connection, device_id, StoreLoadPlan(plan), PLAN_GOOD_S, who)

    def activate_plan(self, connection: Connection, device_id: str, plan_id: str, who: Who) -> int:
        """Staff confirm that what lies in the device matches the plan.  Returns the command's counter.

        Raises LookupError: no such device or plan; NotActivated: only a refill can put it in force; HandedBack.
        """
        self._check_in_use(connection, device_id)
        version = dose_store.newest_version(connection, self._tenant, device_id, plan_id)
        if version is None:
            raise LookupError(f"This device has no plan {plan_id}.")
        in_force = dose_store.plan_in_force(connection, self._tenant, device_id)
        plan = dose_store.stored_plan(connection, self._tenant, device_id, plan_id, version)
        if plan is not None and _needs_refill(plan) and (in_force is None or in_force[0] != plan_id):
            raise NotActivated(
                "A roll that begins with empty pouches comes into force by a filling at the dispenser."
            )
        body = ActivatePlan(bytes.fromhex(plan_id), version)
        words = f"device {device_id} plan {plan_id} version {version}"
        alarm_store.note(connection, self._tenant, "activate_plan", who, words)
        return self.queue(connection, device_id, body, PLAN_GOOD_S, who)

    def answer_clock_proof(self, connection: Connection, device_id: str, nonce: bytes, who: Who) -> int:
        """Tell a device the time, before anything else that waits for it.

        Counters only grow, so what waits is signed anew behind it; the old copies have lost their meaning.
        Raises LookupError: no such device.
        """
        self._known(connection, device_id)
        command_store.supersede(connection, self._tenant, device_id, SetClock.TYPE)
        waiting = command_store.waiting(connection, self._tenant).get(device_id, [])
        counter = self.queue(connection, device_id, SetClock(nonce, who.at_s), CLOCK_GOOD_S, who)
        self._sign_anew(connection, device_id, waiting, who)
        return counter

    def hand_over(
        self, connection: Connection, device_id: str, body: Message, good_for_s: int, who: Who
    ) -> tuple[int, bytes]:
        """A signed command that a technician carries, and that no hub is given.  Returns its counter and its bytes.

        What waits for the device is signed anew behind it, as for a clock proof.  Raises LookupError: no such device.
        """
        self._known(connection, device_id)
        waiting = command_store.waiting(connection, self._tenant).get(device_id, [])
        counter = self.queue(connection, device_id, body, good_for_s, who)
        command_store.settle(connection, self._tenant, device_id, counter, outbox.CARRIED)
        self._sign_anew(connection, device_id, waiting, who)
        return counter, command_store.cose_of(connection, self._tenant, device_id, counter)

    def _sign_anew(
        self, connection: Connection, device_id: str, waiting: list[outbox.Waiting], who: Who
    ) -> None:
        for command in waiting:
            data = command_store.cose_of(connection, self._tenant, device_id, command.counter)
            body = decode_command(cose.parse_sign1(data).payload).body
            command_store.settle(connection, self._tenant, device_id, command.counter, outbox.SUPERSEDED)
            self.queue(connection, device_id, body, command.not_after_s - who.at_s, who)

    def queue(self, connection: Connection, device_id: str, body: Message, good_for_s: int, who: Who) -> int:
        """Sign a command and let it wait for the device.  Returns its counter."""
        not_after_s = min(who.at_s + good_for_s, U32_MAX)
        return command_store.issue(
            connection, self._tenant, self._key, device_id, body, not_after_s, who.name, who.at_s
        )

    def _check_medium(self, connection: Connection, device_id: str, plan: LoadPlan) -> None:
        device = registry.device(connection, self._tenant, device_id)
        takes = MEDIUM_OF_MODEL.get(int(str(device["model"]))) if device is not None else None
        if plan.medium != takes:
            there = "a roll" if takes == MEDIUM_ROLL else "a tray"
            words = f"This dispenser takes {there}: write 'medium': '{there[2:]}'"
            words += " and in 'roll' what it is made of." if takes == MEDIUM_ROLL else "."
            raise PlanError(words, errors.WRONG_MEDIUM)

    def _known(self, connection: Connection, device_id: str) -> None:
        if registry.device(connection, self._tenant, device_id) is None:
            raise LookupError(f"There is no device {device_id}; enrol it first.")

    def _check_in_use(self, connection: Connection, device_id: str) -> None:
        self._known(connection, device_id)
        device = device_state.state_of(connection, self._tenant, device_id)
        if device is not None and device.erased_s is not None:
            since = self._show(device.erased_s)
            raise HandedBack(
                f"This dispenser was erased and handed back on {since}; it takes no plan any more."
            )


def _needs_refill(plan: LoadPlan) -> bool:
    """Its first pouch must be fed to the cutting line, which only a refill does."""
    return plan.roll is not None and plan.roll.header > 0


def _new_id(_slot: int, _due_s: int) -> bytes:
    return uuid.uuid4().bytes
