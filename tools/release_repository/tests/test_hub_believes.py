"""A hub fetches firmware from a server that may be in a thief's hand: signed, fresh and whole, or nothing."""

import os
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from hub.edges.firmware_folder import staged_file
from hub.edges.firmware_store import SPARE_BYTES, StagingFault, stage
from protocol.bundle import MAX_BUNDLE
from protocol.path_updates import NO_ANSWER, NO_ROOM, NOT_PROVEN, NOT_THERE
from tools.release_repository import offline, roles
from tools.release_repository.tests.bundles import release_key, signed_bundle
from tools.release_repository.tests.served import House, served

RELEASE = release_key()
OLD = signed_bundle(RELEASE, "0.2.0", 7, b"old code" * 500)
NEW = signed_bundle(RELEASE, "0.3.0", 8, b"new code" * 500)


@pytest.fixture
def house(tmp_path):
    at = tmp_path / "centre"
    (at / "metadata").mkdir(parents=True)
    with served(at) as url:
        yield House(tmp_path, url, at)


def fetched(house, target, bundle):
    return stage(house.job(target, bundle), house.root.read_bytes())


def refused(house, target, bundle) -> StagingFault:
    with pytest.raises(StagingFault) as caught:
        fetched(house, target, bundle)
    assert str(caught.value).endswith(".")
    return caught.value


def test_a_hub_gets_what_was_published_and_keeps_it(house):
    """A published bundle lies at the hub byte for byte; a second time only the lists are fetched."""
    target = house.publish(OLD)
    assert fetched(house, target, OLD).read_bytes() == OLD.encode()
    (release,) = house.centre.releases()
    assert (release.target, release.version, release.sequence) == (target, "0.2.0", 7)
    assert release.manifest_digest == OLD.manifest_digest().hex()
    shutil.rmtree(house.at / "targets")
    assert fetched(house, target, OLD).read_bytes() == OLD.encode()


def test_an_offline_hub_keeps_what_it_has(house):
    """While the centre does not answer, what lies ready still lies there, and the reason is said."""
    target = house.publish(OLD)
    staged = fetched(house, target, OLD)
    house.url = "http://127.0.0.1:9"
    assert refused(house, target, OLD).reason == NO_ANSWER
    assert staged.read_bytes() == OLD.encode()


def test_altered_bytes_are_never_staged(house):
    """A bundle with one byte changed, one byte short or with no end is refused, and nothing of it lies ready."""
    target = house.publish(OLD)
    (file,) = (house.at / "targets").iterdir()
    sound = file.read_bytes()
    for bad in (sound[:-1] + bytes([sound[-1] ^ 1]), sound[:-1], sound + b"more"):
        file.write_bytes(bad)
        assert refused(house, target, OLD).reason in (NOT_PROVEN, NO_ANSWER)
    file.with_name(file.name + ".endless").touch()
    assert refused(house, target, OLD).reason == NO_ANSWER
    assert not staged_file(house.hub, target).exists()


def test_an_endless_list_ends(house):
    """A server that sends a list without an end does not fill the hub."""
    target = house.publish(OLD)
    (house.at / "metadata" / "timestamp.json.endless").touch()
    assert refused(house, target, OLD).reason == NO_ANSWER


def test_yesterdays_lists_are_refused(house):
    """A thief of the server cannot go back to lists from before a newer release was seen."""
    old_name = house.publish(OLD)
    then = {file.name: file.read_bytes() for file in (house.at / "metadata").iterdir()}
    new_name = house.publish(NEW)
    fetched(house, new_name, NEW)
    for name, data in then.items():
        (house.at / "metadata" / name).write_bytes(data)
    why = refused(house, old_name, OLD)
    assert why.reason == NOT_PROVEN and "version" in str(why)
    assert staged_file(house.hub, new_name).exists()


def test_expired_lists_are_refused(tmp_path):
    """A centre that stopped signing more than a week ago hands out nothing new, and no root lasts for ever."""
    for days in (8, 600):
        at = tmp_path / str(days) / "centre"
        (at / "metadata").mkdir(parents=True)
        with served(at) as url:
            house = House(at.parent, url, at, datetime.now(UTC) - timedelta(days=days))
            target = house.publish(OLD)
            why = refused(house, target, OLD)
    assert why.reason == NOT_PROVEN and "expired" in str(why)


def test_another_houses_lists_are_refused(house, tmp_path):
    """Lists that other root keys signed are no lists of ours, even if all of them fit together."""
    target = house.publish(OLD)
    other = tmp_path / "other"
    (other / "centre" / "metadata").mkdir(parents=True)
    strange = House(other, house.url, other / "centre")
    strange.publish(OLD)
    shutil.rmtree(house.at / "metadata")
    shutil.copytree(other / "centre" / "metadata", house.at / "metadata")
    assert refused(house, target, OLD).reason == NOT_PROVEN
    # A second root of theirs does not follow ours either.
    offline.renew_root(strange.lists, None, strange.now)
    strange.bring()
    (house.at / "metadata" / "2.root.json").write_bytes(
        (strange.at / "metadata" / "2.root.json").read_bytes()
    )
    assert refused(house, target, OLD).reason == NOT_PROVEN


def test_a_stolen_online_key_is_replaced_without_a_visit(house):
    """After the online key was stolen, hubs follow the new root by themselves and believe the thief no more."""
    target = house.publish(OLD)
    fetched(house, target, OLD)
    thief = {file.name: file.read_bytes() for file in (house.at / "metadata").iterdir()}
    key = roles.key_file(house.lists.folder, roles.ONLINE)
    key.unlink()
    roles.save_key(roles.new_key(), key)
    offline.renew_root(house.lists, None, house.now)
    house.bring()
    new = house.publish(NEW)
    assert fetched(house, new, NEW).read_bytes() == NEW.encode()
    for name in ("timestamp.json", "1.snapshot.json"):
        (house.at / "metadata" / name).write_bytes(thief[name])
    assert refused(house, new, NEW).reason == NOT_PROVEN


def test_what_is_not_listed_or_not_meant_is_named(house):
    """An unknown name and another version under the right name are each refused in a sentence."""
    target = house.publish(OLD)
    assert refused(house, "dosevakt-tablet-pico-9.9.9.dvb", OLD).reason == NOT_THERE
    why = refused(house, target, NEW)
    assert why.reason == NOT_PROVEN and "another version" in str(why)


def test_a_full_disk_is_a_sentence(house):
    """A hub without room says so, keeps what it has, and asks for no byte of the bundle."""
    target = house.publish(OLD)
    spare_bytes = shutil.disk_usage(house.at).total
    with pytest.raises(StagingFault, match="make room") as caught:
        stage(house.job(target, OLD), house.root.read_bytes(), spare_bytes)
    assert caught.value.reason == NO_ROOM
    assert os.listdir(house.hub / "targets") == []
    assert MAX_BUNDLE < SPARE_BYTES


def test_the_centre_signs_each_day_and_refuses_a_damaged_delivery(house):
    """The centre signs anew each day, not each minute; what was brought damaged or half is named, not served."""
    house.publish(OLD)
    timestamp = house.at / "metadata" / "timestamp.json"
    first = timestamp.read_bytes()
    house.centre.look(house.now + timedelta(hours=23))
    assert timestamp.read_bytes() == first and house.centre.fault is None
    house.centre.look(house.now + timedelta(hours=25))
    assert timestamp.read_bytes() != first and house.centre.fault is None
    second = timestamp.read_bytes()
    offline.publish(house.lists, "dosevakt-tablet-pico-0.3.0.dvb", NEW, None, house.now)
    shutil.rmtree(house.lists.targets)
    house.bring()
    assert "copy the targets first" in str(house.centre.fault)
    newest = house.at / "metadata" / "3.targets.json"
    newest.write_bytes(newest.read_bytes().replace(b'"version": 3', b'"version": 4'))
    house.centre.look(house.now)
    assert house.centre.fault is not None
    newest.write_text("{")
    house.centre.look(house.now)
    assert house.centre.fault is not None
    assert [release.version for release in house.centre.releases()] == ["0.2.0"]
    assert timestamp.read_bytes() == second
