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
        right = _read(stage)
        _write(stage, (wrong.tls.certificate.read_bytes(), wrong.tls.key.read_bytes()))
        stage.pour(10)
        stage.pause(0.0, 0.3)
        stage.town.proxy.reset()
        stage.poured()
        stage.pause(1, 3)
        _write(stage, right)
        stage.town.proxy.reset()
        # Who puts a certificate right starts the hub anew; by itself it would wait up to a minute, for the broker threw
        # it off again and again with another hub's.
        stage.town.kill("hub")
        stage.town.start_again("hub")
    return "certificate " + ", ".join(told)


def revoked(stage: Stage) -> str:
    """The hub's old certificate is revoked while it still holds it; it is shut out until it has its new one.

    With TLS 1.3 the broker hangs up right after its alert: sometimes the hub sees only that.
    """
    said = 0
    for _ in range(stage.size):
        stage.path_is(True)
        old = _read(stage)
        rotate_hub(stage.town.keys, "hub-1")
        new = _read(stage)
        _write(stage, old)
        revoke_hub(stage.town.keys, "hub-1", only_retired=True)
        stage.pour(10)
        stage.town.kill("broker")
        stage.town.start_again("broker")
        stage.poured()
        said += stage.path_says("revoked", "does not answer MQTT") == "revoked"
        _write(stage, new)
    return f"{stage.size} x revoked (CRL), {said} times said so, then the new one"


def _next(stage: Stage) -> int:
    return len(list((stage.town.keys.folder / "hubs").iterdir()))


def _strange(stage: Stage, number: int) -> HubKeys:
    folder = stage.town.folder / f"strange-{number}-{stage.dice.randrange(1 << 30)}"
    return add_hub(new_installation(folder, ["localhost"]), TENANT, "hub-1")


def _read(stage: Stage) -> tuple[bytes, bytes]:
    """Certificate and key that the hub shows to the broker."""
    pair = stage.town.hub.tls
    return pair.certificate.read_bytes(), pair.key.read_bytes()


def _write(stage: Stage, pair: tuple[bytes, bytes]) -> None:
    stage.town.hub.tls.certificate.write_bytes(pair[0])
    stage.town.hub.tls.key.write_bytes(pair[1])


IDENTITY_ROWS = (
    Row("revoked certificate", revoked, 1, 5, fills_later=True),
    Row("wrong certificate", wrong_certificate, 2, 8),
    Row("second hub, same id", second_hub, 1, 5, fills_later=True),
)
