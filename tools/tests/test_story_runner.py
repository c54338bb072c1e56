"""make story: plays what it is told, and says when something was not seen."""

from tools.setup.stories import play


def test_a_story_that_cannot_be_played_is_not_seen():
    """A wrong name is an error of the gate, not a story fewer."""
    (ended,) = play(["no-such-story"])

    assert ended.process.returncode != 0
    assert "no-such-story" in ended.output.read_text(encoding="utf-8")
