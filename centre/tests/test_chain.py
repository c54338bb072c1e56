"""Where an event stands among what the centre already holds."""

from hypothesis import given
from hypothesis import strategies as st

from centre.core.chain import (
    DUPLICATE,
    FORK,
    GAP,
    NEXT,
    NO_HEAD,
    REPLAY,
    REPLAY_AFTER_S,
    Chain,
    Held,
    Link,
    advance,
    judge,
)

HUB = "aa" * 8


def links(count: int) -> list[Link]:
    """A clean chain."""
    made, prev = [], NO_HEAD
    for seq in range(1, count + 1):
        made.append(Link(seq, prev, seq.to_bytes(16, "big")))
        prev = made[-1].hash
    return made


class Shelf:
    """The centre in twenty lines: stores what is true, walks the chain."""

    def __init__(self) -> None:
        self.chain, self.held = Chain(), {}

    def take(self, link: Link) -> str:
        known = self.held.get(link.seq)
        verdict = judge(self.chain, link, Held(known.hash, HUB) if known else None, HUB, None)
        if verdict in (NEXT, GAP):
            self.held[link.seq] = link
        if verdict == NEXT:
            beyond = [self.held[seq] for seq in sorted(self.held) if seq > link.seq]
            self.chain, _ = advance(Chain(link.seq, link.hash), beyond)
        return verdict


@given(st.permutations(links(7)), st.data())
def test_any_order_ends_in_the_whole_chain(order, data):
    """In whatever order, and however often, messages arrive, all are there in the end and confirmed once."""
    again = data.draw(st.lists(st.sampled_from(order), max_size=5))
    shelf = Shelf()
    verdicts = [shelf.take(link) for link in [*order, *again]]
    assert shelf.chain == Chain(7, links(7)[-1].hash)
    assert set(verdicts) <= {NEXT, GAP, DUPLICATE}
    assert verdicts[7:] == [DUPLICATE] * len(again)


@given(st.integers(1, 7))
def test_another_message_under_a_used_number_is_a_fork(seq):
    """Two different messages with one number are never both true."""
    shelf = Shelf()
    for link in links(7):
        shelf.take(link)
    assert shelf.take(Link(seq, links(7)[seq - 1].prev, b"another message!")) == FORK


def test_a_copy_is_a_replay_only_when_the_hub_knew_better():
    """A copy after the receipt is suspicious; one before it, or after the hub restarted, is ordinary."""
    link = links(1)[0]
    end, held = Chain(1, link.hash), Held(link.hash, HUB)
    assert judge(end, link, held, HUB, None) == DUPLICATE
    assert judge(end, link, held, HUB, REPLAY_AFTER_S - 1) == DUPLICATE
    assert judge(end, link, held, HUB, REPLAY_AFTER_S) == REPLAY
    assert judge(end, link, held, "bb" * 8, None) == REPLAY


def test_a_stored_event_that_does_not_fit_is_found():
    """When a hole is filled and the next does not fit its past, it is named."""
    first, second, _ = links(3)
    stranger = Link(3, b"not the second!!", b"the stranger....")
    end, unfit = advance(Chain(first.seq, first.hash), [second, stranger])
    assert (end.last_seq, unfit) == (2, stranger)
