"""One batch of opened events inside one transaction: judge each, store what is true, keep evidence of the rest."""

from collections.abc import Mapping

from sqlalchemy import Connection

from centre.core import chain, outbox, returned
from centre.core.chain import Chain, Link
from centre.core.overtaken import to_tell
from centre.core.rules import Clear, DoseFacts, Raise, signals
from centre.edges import alarm_news, command_store, dose_store, event_store, registry
from centre.edges.alarm_store import Who
from centre.edges.beyond import Beyond
from centre.edges.opening import Opened
from protocol.device_events import CommandAccepted, CommandRefused
from protocol.dose_events import DoseEvent
from protocol.events import Event, Heading


class Batch:
    """The events that one hub brought at once.  `ends`: verified ends of the senders it spoke of."""

    def __init__(
        self, connection: Connection, tenant: str, hub_id: str, who: Who, gap_grace_s: int = chain.GAP_GRACE_S
    ) -> None:
        self._connection = connection
        self._tenant = tenant
        self._hub_id = hub_id
        self._who = who
        self._gap_grace_s = gap_grace_s
        self._strayed: set[str] = set()
        self._homes: dict[str, str | None] = {}  # sender -> its own hub
        self._given_time: set[str] = set()
        self._beyond = Beyond(connection, tenant)
        self.ends: dict[str, Chain] = {}
        self.believed: list[Event] = []

    def take(self, item: Opened, receipt_age_s: int | None) -> str:
        """Take in one event; returns the verdict.  receipt_age_s: see chain.judge."""
        if item.heading is None:
            self._disbelieve(item, item.fault or chain.FORGED)
            return item.fault or chain.FORGED
        heading = item.heading
        self._check_hub(item.sender)
        end = self._end(item.sender)
        link = Link(heading.seq, heading.prev, item.hash, item.mends)
        held = event_store.held(self._connection, self._tenant, item.sender, heading.seq)
        verdict = chain.judge(end, link, held, self._hub_id, receipt_age_s)
        if verdict in (chain.NEXT, chain.GAP):
            self._believe(item, heading, end, verdict)
        elif verdict in (chain.FORK, chain.REPLAY):
            fresh = self._disbelieve(item, verdict)
            if fresh and verdict == chain.FORK and item.event is not None:
                self._signal(item.event, raise_only=True)  # signed, so its alarms count; it settles nothing
        return verdict

    def speak_of(self, sender: str) -> None:
        """The receipt names this sender's verified end too."""
        self._end(sender)

    def _believe(self, item: Opened, heading: Heading, end: Chain, verdict: str) -> None:
        event_store.append(
            self._connection, self._tenant, heading, item.hash, item.cose, self._hub_id, self._who.at_s
        )
        self._beyond.stored(item.sender, heading.seq, in_turn=verdict == chain.NEXT)
        if verdict == chain.NEXT:
            self._extend(item, Chain(heading.seq, item.hash))
        else:
            facts = {"seq": heading.seq, "last_seq": end.last_seq}
            self._raise("gap", item.sender, "gap", facts, self._gap_grace_s)
        if item.event is None:
            unknown = {"code": 105, "detail": f"event type {heading.type}"}
            self._raise("technical", item.sender, f"type:{heading.type}", unknown)
            return
        self.believed.append(item.event)
        self._signal(item.event, raise_only=False)

    def _extend(self, item: Opened, end: Chain) -> None:
        """Move the verified end, over events that waited behind a hole too."""
        newest_seq = self._beyond.newest_seq(item.sender)
        had_hole = newest_seq > end.last_seq
        if had_hole:
            end, unfit = self._beyond.walk_on(item.sender, end)
            if unfit is not None:
                self._raise("fork", item.sender, "fork", {"seq": unfit.seq})
        if (
            had_hole or item.mends
        ) and end.last_seq >= newest_seq:  # what a journal lost for ever is no hole either
            gone = Clear(bytes.fromhex(item.sender), "gap")
            alarm_news.tell(self._connection, self._tenant, gone, self._who)
        elif had_hole:
            self._give_time(item.sender)
        self.ends[item.sender] = end
        event_store.save_chain(self._connection, self._tenant, item.sender, end)

    def _give_time(self, sender: str) -> None:
        """Its hole shrinks; once for a batch is often enough."""
        if sender not in self._given_time:
            self._given_time.add(sender)
            limits = (self._gap_grace_s, chain.GAP_SHRINKS_S)
            alarm_news.give_time(self._connection, self._tenant, sender, "gap", *limits, self._who)

    def _end(self, sender: str) -> Chain:
        if sender not in self.ends:
            self.ends[sender] = event_store.chain(self._connection, self._tenant, sender)
        return self.ends[sender]

    def _disbelieve(self, item: Opened, verdict: str) -> bool:
        """Keep the bytes as evidence and raise its alarm; False if this very copy is known already."""
        fresh = event_store.keep_evidence(
            self._connection,
            self._tenant,
            verdict,
            self._hub_id,
            item.sender,
            item.hash,
            item.cose,
            self._who.at_s,
        )
        if fresh:
            seq = item.heading.seq if item.heading else 0
            known = item.sender and verdict != chain.UNKNOWN_DEVICE
            cause = verdict if known else f"{verdict}:{item.sender}"
            owner_of_row = item.sender if known else self._hub_id
            self._raise(verdict, owner_of_row, cause, {"sender": item.sender, "seq": seq})
        return fresh

    def _check_hub(self, sender: str) -> None:
        if sender not in self._homes:
            self._homes[sender] = registry.home_hub(self._connection, self._tenant, sender)
        home = self._homes[sender]
        if home != self._hub_id and sender not in self._strayed:
            self._strayed.add(sender)
            self._raise("wrong_hub", sender, f"hub:{self._hub_id}", {"hub": self._hub_id, "home": home or ""})

    def _signal(self, event: Event, raise_only: bool) -> None:
        found = signals(event, self._dose(event), self._answered(event))
        later = self._beyond.signals_after(event) if found else []
        for news in found:
            erased = registry.is_erased(self._connection, self._tenant, news.device_id.hex())
            for told in to_tell(news, later) if returned.matters(news, erased) else ():
                if isinstance(told, Raise) or not raise_only:
                    alarm_news.tell(self._connection, self._tenant, told, self._who)

    def _dose(self, event: Event) -> DoseFacts | None:
        if not isinstance(event.body, DoseEvent):
            return None
        device_id, dose_id = event.device_id.hex(), event.body.dose_id.hex()
        dose = dose_store.known_dose(self._connection, self._tenant, device_id, dose_id)
        if dose is None:
            return None
        flags = dose.message_only, dose.assisted, dose.on_roll
        return DoseFacts(dose.label, dose.time_critical, dose.due_s, *flags)

    def _answered(self, event: Event) -> bool:
        if not isinstance(event.body, CommandAccepted | CommandRefused):
            return False
        device_id, counter = event.device_id.hex(), event.body.counter
        if any(_answers(earlier, event.device_id, counter) for earlier in self.believed[:-1]):
            return True  # in this very batch, which is settled as a whole when all of it is stored
        state = command_store.state_of(self._connection, self._tenant, device_id, counter)
        return state not in (None, outbox.WAITING, outbox.CARRIED)

    def _raise(
        self, kind: str, sender: str, cause: str, facts: Mapping[str, object], grace_s: int = 0
    ) -> None:
        news = Raise(kind, bytes.fromhex(sender), cause, facts=facts, grace_s=grace_s)
        alarm_news.tell(self._connection, self._tenant, news, self._who)


def _answers(event: Event, device_id: bytes, counter: int) -> bool:
    if not isinstance(event.body, CommandAccepted | CommandRefused):
        return False
    return event.device_id == device_id and event.body.counter == counter
