"""The embedded broker's rules, without a broker."""

import pytest

from tools.brokers.topics import READ, WRITE, allowed, owns_session

HUB = "vadso/00112233aabbccdd"


@pytest.mark.parametrize(
    ("user", "action", "topic"),
    [
        (HUB, WRITE, f"dosevakt/v1/{HUB}/up"),
        (HUB, WRITE, f"dosevakt/v1/{HUB}/state"),
        (HUB, READ, f"dosevakt/v1/{HUB}/down"),
        ("centre", READ, "dosevakt/v1/+/+/up"),
        ("centre", WRITE, f"dosevakt/v1/{HUB}/down"),
    ],
)
def test_own_topics_are_open(user, action, topic):
    """Hub and centre can do their work."""
    assert allowed(user, action, topic)


@pytest.mark.parametrize(
    ("user", "action", "topic"),
    [
        (HUB, READ, f"dosevakt/v1/{HUB}/up"),
        (HUB, WRITE, f"dosevakt/v1/{HUB}/down"),
        (HUB, READ, "dosevakt/v1/+/+/down"),
        (HUB, READ, "#"),
        (HUB, WRITE, "dosevakt/v1/vadso/ffffffffffffffff/up"),
        ("centre", READ, "dosevakt/v1/#"),
        ("centre", WRITE, f"dosevakt/v1/{HUB}/up"),
    ],
)
def test_every_other_topic_is_shut(user, action, topic):
    """Nobody reads or writes beyond their own work, wildcards or not."""
    assert not allowed(user, action, topic)


def test_a_session_belongs_to_its_certificate():
    """Nobody can take over the messages that wait for another."""
    assert owns_session(HUB, "hub-00112233aabbccdd")
    assert not owns_session(HUB, "hub-ffffffffffffffff")
    assert owns_session("centre", "centre-ingest-1")
    assert not owns_session("centre", "hub-00112233aabbccdd")
    assert not owns_session("", "hub-00112233aabbccdd")
