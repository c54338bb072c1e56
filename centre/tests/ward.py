"""A dispenser with a plan in force and somebody at the centre's doors, for tests of what staff ask of it."""

from centre.edges import command_store
from centre.tests.conftest import TENANT, House
from protocol import cose
from protocol.commands import decode_command
from protocol.device_events import PlanActivated
from protocol.dose_events import DoseDue, DoseMissed
from protocol.record import Message

HOUR_S = 3600


class Ward:
    """A dispenser with three doses in force: an hour ago, in an hour (staff give it), and in five hours."""

    def __init__(self, house: House) -> None:
        self.house, self.device, self.client = house, house.device, house.client()
        self.now_s = house.clock.utc_s()
        self.path = f"/api/devices/{house.device.id}"
        written = {"doses": [self.dose(1, 60), self.dose(2, 2), self.dose(3, 5)]}
        made = self.post("/plans", written).json()
        self.plan_id, self.version = made["plan_id"], made["version"]
        self.ids = [dose["dose_id"] for dose in made["doses"]]
        self.tell(PlanActivated(bytes.fromhex(self.plan_id), self.version, 3))

    def dose(self, slot: int, due: int) -> dict[str, object]:
        """due: seconds ahead for the first one, hours for the others."""
        after_s = due if slot == 1 else due * HOUR_S
        more = {"assisted": True} if slot == 2 else {}
        return {"slot": slot, "due_s": self.now_s + after_s, "window_s": 600, "late_minutes": 60, **more}

    def tell(self, *bodies: Message) -> None:
        """The dispenser says this."""
        self.house.bring(*[self.device.event(body, self.house.clock.utc_s()) for body in bodies])

    def post(self, path: str, body: object):
        return self.client.post(self.path + path, json=body)

    def release(self, kind: str, *numbers: int, **more: object):
        ids = [self.ids[number] for number in numbers]
        return self.post("/release", {"kind": kind, "dose_ids": ids, **more})

    def doses(self) -> list[dict]:
        """As the door tells them."""
        return self.client.get(self.path + "/doses").json()

    def later(self, seconds: int) -> None:
        """So much time passes for everybody."""
        self.house.clock.leap(seconds)

    def orders(self) -> list[Message]:
        """What has been signed, oldest first."""
        with self.house.database.read() as connection:
            count = len(command_store.listing(connection, TENANT, self.device.id))
            signed = [
                command_store.cose_of(connection, TENANT, self.device.id, counter)
                for counter in range(1, count + 1)
            ]
        return [decode_command(cose.parse_sign1(data).payload).body for data in signed]

    def missed(self, number: int) -> None:
        """A dose falls due, nobody comes, its window closes."""
        dose_id, slot = bytes.fromhex(self.ids[number]), number + 1
        self.later(700)
        self.tell(DoseDue(dose_id, slot), DoseMissed(dose_id, slot, self.now_s))
