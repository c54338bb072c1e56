"""Take in what hubs bring: verify, judge, store, alarm, all in one transaction; receipts only after its commit."""

from dataclasses import dataclass, field

from sqlalchemy import Connection

from centre.core import chain, presence
from centre.core.rules import CONTACT, Clear, Raise
from centre.edges import alarm_store, event_store, registry
from centre.edges.alarm_store import Who
from centre.edges.answers import hear_answers
from centre.edges.batch import Batch
from centre.edges.campaign_hearing import hear_firmware, hear_hub
from centre.edges.clock import Clock
from centre.edges.database import Database
from centre.edges.keys import CentreKey, PublicKeys
from centre.edges.opening import Opened, open_event
from centre.edges.receipts import ReceiptBook, sealed_receipts
from centre.edges.returns import hear_returns
from protocol.path_messages import HubState
from protocol.path_updates import UpdateState


class NotTaken(Exception):
    """What a person carries cannot be taken in; the text is a sentence."""


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
            self._hear(connection, batch, self.who("device"))
            if hub is not None:
                heard = presence.on_heard(hub.presence, self._clock.wall_s())
                registry.save_presence(connection, self._tenant, hub_id, heard)
        ends = batch.ends
        receipts = sealed_receipts(self._key, hub_id, self._clock.utc_s(), ends)
        return Taken(receipts, ends, session, frozenset(ends))

    def take_by_hand(self, coses: list[bytes], carrier: Who) -> list[bytes]:
        """Take in events that a person carries, as if each device's own hub had brought them.  Returns receipts.

        The hub itself is not heard by this, and may bring them later.  Raises NotTaken: then nothing of it is
        stored, and no alarm is raised: a file from another house is a mistake, and who carries it is told at once.
        """
        opened = [open_event(data, self._keys) for data in coses]
        with self._database.write() as connection:
            homes = [self._home(connection, number, item) for number, item in enumerate(opened, 1)]
            receipts = []
            for hub_id in sorted(set(homes)):
                brought = [item for home, item in zip(homes, opened, strict=True) if home == hub_id]
                batch = Batch(connection, self._tenant, hub_id, self.who("device"), self._gap_grace_s)
                self._take_fresh(connection, batch, brought)
                self._hear(connection, batch, carrier)
                receipts += sealed_receipts(self._key, hub_id, self._clock.utc_s(), batch.ends)
        return receipts

    def _hear(self, connection: Connection, batch: Batch, carrier: Who) -> None:
        hear_answers(connection, self._tenant, batch.believed, self._clock.utc_s())
        hear_firmware(connection, self._tenant, batch.believed, self.who("device"))
        hear_returns(connection, self._tenant, batch.ends, batch.believed, carrier)

    def _home(self, connection: Connection, number: int, item: Opened) -> str:
        if item.heading is None:
            known = item.fault != chain.UNKNOWN_DEVICE
            why = (
                "carries no signature of its device"
                if known
                else f"is of {item.sender}, which is not enrolled here"
            )
            raise NotTaken(f"Event {number} {why}; nothing was stored.")
        device = registry.device(connection, self._tenant, item.sender)
        if device is None:
            raise NotTaken(f"Event {number} is of a hub, and a hub brings its own; nothing was stored.")
        return str(device["hub_id"])

    def _take_fresh(self, connection: Connection, batch: Batch, brought: list[Opened]) -> None:
        """Judge what is not held yet.  A copy of what is held, by whatever hub it came, only asks for its receipt."""
        for item in brought:
            assert item.heading is not None  # _home has refused it
            held = event_store.held(connection, self._tenant, item.sender, item.heading.seq)
            if held is not None and held.hash == item.hash:
                batch.speak_of(item.sender)
            else:
                batch.take(item, None)

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

    def take_update(self, hub_id: str, said: UpdateState) -> bool:
        """How far a hub is with a dispenser's firmware.  False: it is no dispenser of this hub, and nothing was heard.

        The word is not signed; that it came on this hub's topic is all that speaks for it (decision 41).
        """
        with self._database.write() as connection:
            if registry.home_hub(connection, self._tenant, said.device_id.hex()) != hub_id:
                return False
            hear_hub(connection, self._tenant, said, self.who("hub"))
        return True

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
