"""Who the hub is: a second one with the same keys, a wrong certificate, a revoked one."""

import shutil

from hil_tests.faults.rows import Row
from hil_tests.faults.stage import Stage
from tools.authority.installation import HubKeys, add_hub, new_installation
from tools.authority.rotation import revoke_hub, rotate_hub
from tools.demo.settings import TENANT


def second_hub(stage: Stage) -> str:
    """A copy of the hub, keys and all, runs on another machine for a while."""
    for _ in range(stage.size):
        stage.pour(20)
        stage.pause(0.0, 0.5)
        stage.town.start_second_hub()
        stage.pause(4, 7)
        stage.town.kill("second hub")
        shutil.rmtree(stage.town.folder / "second", ignore_errors=True)
    stage.poured()
    return f"{stage.size} x a copy of the hub at the broker"


def wrong_certificate(stage: Stage) -> str:
    """The hub's certificate is another hub's, or comes from another authority; then the right one is put back."""
    told = []
    for n in range(stage.size):
        stage.path_is(True)
        kind = ("of another authority", "of another hub")[n % 2]
        told.append(kind)
        wrong = (
            _strange(stage, n) if n % 2 == 0 else add_hub(stage.town.keys, TENANT, f"other-{_next(stage)}")
        )
        kept = _swap(stage, wrong)
        stage.pour(10)
        stage.pause(0.0, 0.3)
        stage.town.proxy.reset()
        stage.poured()
        stage.pause(1, 3)
        _put_back(stage, kept)
        stage.town.proxy.reset()
        # Who puts a certificate right starts the hub anew; by itself it would wait up to a minute, for the broker threw
        # it off again and again with another hub's.
        stage.town.kill("hub")
        stage.town.start_again("hub")
    return "certificate " + ", ".join(told)


def revoked(stage: Stage) -> str:
    """The hub's certificate is revoked and the broker told; the hub is shut out until it has a new one.

    With TLS 1.3 the broker hangs up right after its alert: sometimes the hub sees only that.
    """
    said = 0
    for _ in range(stage.size):
        stage.path_is(True)
        revoke_hub(stage.town.keys, "hub-1")
        stage.pour(10)
        stage.town.kill("broker")
        stage.town.start_again("broker")
        stage.poured()
        said += stage.path_says("revoked", "does not answer MQTT") == "revoked"
        rotate_hub(stage.town.keys, "hub-1")
    return f"{stage.size} x revoked (CRL), {said} times said so, then renewed"


def _next(stage: Stage) -> int:
    return len(list((stage.town.keys.folder / "hubs").iterdir()))


def _strange(stage: Stage, number: int) -> HubKeys:
    folder = stage.town.folder / f"strange-{number}-{stage.dice.randrange(1 << 30)}"
    return add_hub(new_installation(folder, ["localhost"]), TENANT, "hub-1")


def _swap(stage: Stage, wrong: HubKeys) -> dict[str, bytes]:
    pair, kept = stage.town.hub.tls, {}
    for name, file, other in (
        ("certificate", pair.certificate, wrong.tls.certificate),
        ("key", pair.key, wrong.tls.key),
    ):
        kept[name] = file.read_bytes()
        file.write_bytes(other.read_bytes())
    return kept


def _put_back(stage: Stage, kept: dict[str, bytes]) -> None:
    stage.town.hub.tls.certificate.write_bytes(kept["certificate"])
    stage.town.hub.tls.key.write_bytes(kept["key"])


IDENTITY_ROWS = (
    Row("revoked certificate", revoked, 1, 5, fills_later=True),
    Row("wrong certificate", wrong_certificate, 2, 8),
    Row("second hub, same id", second_hub, 1, 5, fills_later=True),
)
