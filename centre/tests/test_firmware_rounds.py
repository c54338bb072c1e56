"""The centre's firmware repository as people leave it, and its rounds while the way to the broker is down."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from centre.edges import firmware_repository
from centre.edges.firmware_repository import FirmwareRepository
from centre.firmware_rounds import FirmwareRounds
from centre.tests.conftest import House
from centre.tests.town import Town
from tools.release_repository import offline, roles
from tools.release_repository.tests.bundles import release_key, signed_bundle

NOW = datetime.now(UTC)


@pytest.fixture
def brought(tmp_path: Path) -> FirmwareRepository:
    """Signed offline with one version, and brought to the centre."""
    lists = offline.new_repository(tmp_path / "keys", None, NOW)
    offline.publish(lists, "a.dvb", signed_bundle(release_key(), "0.3.0", 8, b"code"), None, NOW)
    return FirmwareRepository(lists.folder / "repository", roles.key_file(lists.folder, roles.ONLINE))


def metadata(repository: FirmwareRepository) -> Path:
    found = repository.file("metadata", "timestamp.json")
    assert found is not None
    return found.parent


def test_what_a_person_leaves_beside_the_lists_is_no_list(brought: FirmwareRepository):
    """A copy that a file manager made beside the lists changes nothing: the version is served, and nothing is wrong."""
    brought.look(NOW)
    for name in ("1 (copy).targets.json", "2-old.root.json", "9x.snapshot.json"):
        (metadata(brought) / name).write_bytes(b"{")
    brought.look(NOW)
    assert brought.fault is None
    assert [release.version for release in brought.releases()] == ["0.3.0"]
    assert brought.file("metadata", "2-old.root.json") is None


def test_a_list_that_is_too_long_is_a_fault_and_no_crash(brought: FirmwareRepository, monkeypatch):
    """A list that cannot be one of ours is told in a sentence, and the page shows no version instead of failing."""
    brought.look(NOW)
    newest = metadata(brought) / "2.targets.json"
    newest.write_bytes(newest.read_bytes() + b" " * firmware_repository.MAX_LIST_BYTES)
    brought.look(NOW)
    assert brought.fault is not None and "2.targets.json is too long" in brought.fault
    assert brought.releases() == []


def test_nothing_is_said_into_a_path_that_is_down(house: House, brought: FirmwareRepository):
    """While the way to the broker is down no hub is told anything and no home counts as silent; the repository is
    renewed all the same.  Then the hub is asked."""
    town = Town(house)
    with town.client:
        town.begin()
        rounds = FirmwareRounds(brought, house.database, town.desk, house.ingest.who)
        assert rounds.go(path_up=False) == ([], False)
        assert brought.releases() and brought.fault is None
        found, changed = rounds.go(path_up=True)
    assert len(found) == 1 and changed
