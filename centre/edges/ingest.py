"""Take in what hubs bring: verify, judge, store, alarm, all in one transaction; receipts only after its commit."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from centre.core import chain, presence
from centre.core.rules import CONTACT, Clear, Raise
from centre.edges import alarm_store, registry
from centre.edges.alarm_store import Who
from centre.edges.answers import hear_answers
from centre.edges.batch import Batch
from centre.edges.clock import Clock
from centre.edges.database import Database
from centre.edges.keys import CentreKey, PublicKeys
from centre.edges.opening import Opened, open_event
from centre.edges.receipts import ReceiptBook, sealed_receipts
from protocol.path_messages import HubState


@dataclass(frozen=True)
class Taken:
    """What one batch led to."""

    receipts: list[bytes]
    ends: dict[str, chain.Chain]
    session: int
    senders: frozenset[str] = field(default_factory=frozenset)


class Ingest:
    """The door of one tenant for its hubs."""

    def __init__(
        self,
        database: Database,
        tenant: str,
        key: CentreKey,
        clock: Clock,
        gap_grace_s: int = chain.GAP_GRACE_S,
    ) -> None:
        self._database = database
        self._tenant = tenant
        self._key = key
        self._clock = clock
        self._gap_grace_s = gap_grace_s
        self._keys = PublicKeys(self._public_point)
        self.book = ReceiptBook()

    def who(self, name: str) -> Who:
        """Someone that is no person, now."""
        return Who(name, "", self._clock.utc_s(), self._clock.wall_s())

    def take_events(self, hub_id: str, coses: list[bytes]) -> Taken:
        """Take in a batch.  When this returns, everything it brought is durable."""
        opened = [open_event(data, self._keys) for data in coses]
        with self._database.write() as connection:
            hub = registry.hub_of(connection, self._tenant, hub_id)
            session = hub.presence.session if hub else 0
            batch = Batch(connection, self._tenant, hub_id, self.who("device"), self._gap_grace_s)
            for item in opened:
                batch.take(item, self._receipt_age_s(hub_id, session, item))
            hear_answers(connection, self._tenant, batch.believed, self._clock.utc_s())
            if hub is not None:
                heard = presence.on_heard(hub.presence, self._clock.wall_s())
                registry.save_presence(connection, self._tenant, hub_id, heard)
        ends = batch.ends
        receipts = sealed_receipts(self._key, hub_id, self._clock.utc_s(), ends)
        return Taken(receipts, ends, session, frozenset(ends))

    def note_receipts(self, hub_id: str, taken: Taken) -> None:
        """The broker has taken the receipts of this batch."""
        self.book.note(hub_id, taken.session, taken.ends, self._clock.wall_s())

    def take_state(self, hub_id: str, state: HubState) -> None:
        """A birth or a will."""
        with self._database.write() as connection:
            hub = registry.hub_of(connection, self._tenant, hub_id)
            if hub is None:
                return
            now_s = self._clock.wall_s()
            linked = " ".join(device_id.hex() for device_id in state.linked)
            said = presence.State(state.online, state.session, linked, state.utc_s)
            known = presence.on_state(hub.presence, said, now_s)
            registry.save_presence(connection, self._tenant, hub_id, known)
            if known.online:
                gone = Clear(bytes.fromhex(hub_id), CONTACT)
                alarm_store.clear_alarm(connection, self._tenant, gone, self.who("hub"))

    def watch_hubs(self, patience: presence.Patience) -> bool:
        """Raise an alarm for every hub that is gone, end it for every hub that is heard.  True if any changed."""
        with self._database.write() as connection:
            changed = False
            for hub in registry.all_hubs(connection, self._tenant):
                lost = presence.is_lost(hub.presence, self._clock.wall_s(), patience)
                changed |= self._watch_hub(connection, hub, lost)
            return changed

    def _watch_hub(self, connection: Connection, hub: registry.Hub, lost: bool) -> bool:
        hub_id = bytes.fromhex(hub.hub_id)
        already = alarm_store.is_active(connection, self._tenant, hub.hub_id, CONTACT)
        if lost and not already:
            count = len(registry.devices_of(connection, self._tenant, hub.hub_id))
            facts = {"devices": count}
            news = Raise("hub_lost", hub_id, CONTACT, facts=facts)
            alarm_store.raise_alarm(connection, self._tenant, news, self.who("centre"))
            return True
        if not lost and already:
            alarm_store.clear_alarm(connection, self._tenant, Clear(hub_id, CONTACT), self.who("hub"))
            return True
        return False

    def _receipt_age_s(self, hub_id: str, session: int, item: Opened) -> int | None:
        if item.heading is None:
            return None
        wall_s = self._clock.wall_s()
        return self.book.age_s(hub_id, session, item.sender, item.heading.seq, wall_s)

    def _public_point(self, sender: bytes) -> bytes | None:
        with self._database.read() as connection:
            return registry.public_point(connection, self._tenant, sender.hex())
