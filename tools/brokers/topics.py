"""Who may touch which topic, for the embedded broker.  The same rules as deploy/mosquitto/acl; pure."""

from tools.authority.installation import CENTRE_USER

READ, WRITE = "read", "write"


def allowed(user: str, action: str, topic: str) -> bool:
    """Return whether `user` (a certificate's common name) may read or write `topic`.

    topic: a topic, or for READ also a subscription's filter; a wildcard is allowed only where the rule has one.
    """
    return any(_covers(rule, topic) for rule in _rules(user, action))


def owns_session(user: str, client_id: str) -> bool:
    """Return whether `user` may use the session `client_id`: nobody takes over another's queued messages."""
    if user == CENTRE_USER:
        return client_id.startswith(CENTRE_USER)
    tenant, _, hub_id = user.partition("/")
    return bool(tenant and hub_id) and client_id == f"hub-{hub_id}"


def _rules(user: str, action: str) -> list[str]:
    if user == CENTRE_USER:
        names = {READ: ("up", "state"), WRITE: ("down",)}[action]
        return [f"dosevakt/v1/+/+/{name}" for name in names]
    names = {READ: ("down",), WRITE: ("up", "state")}[action]
    return [f"dosevakt/v1/{user}/{name}" for name in names]


def _covers(rule: str, topic: str) -> bool:
    rule_levels, topic_levels = rule.split("/"), topic.split("/")
    return len(rule_levels) == len(topic_levels) and all(
        ours == theirs or (ours == "+" and theirs != "#")
        for ours, theirs in zip(rule_levels, topic_levels, strict=True)
    )
