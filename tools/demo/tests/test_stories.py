"""The table of stories: all there, all told about, each readable in one line.  `make test` plays none of them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tools.cli import app
from tools.demo.stories import STORIES
from tools.demo.story import one_line, steps_of
from tools.exit_codes import OK, USAGE

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted(path.stem for path in (ROOT / "tools/demo/stories").glob("*.py") if path.stem != "__init__")
LONGEST_LINE = 120


def run(*words):
    return CliRunner().invoke(app, ["demo", *words])


def test_every_story_that_is_written_can_be_played():
    """Each file of a story is in the table, under its own name."""
    assert sorted(name.replace("-", "_") for name in STORIES) == FILES
    assert len(STORIES) == 17


def test_the_readme_names_every_story():
    """Whoever reads the README knows what can be played."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert [name for name in STORIES if f"`{name}`" not in readme] == []


def test_without_a_name_all_stories_are_listed():
    """`--story` alone starts nothing and tells each story in one line."""
    for words in (["--story"], ["--story", "--exit"]):
        done = run(*words)

        assert done.exit_code == OK
        assert [line.split()[0] for line in done.stdout.splitlines()] == list(STORIES)
        assert max(len(line) for line in done.stdout.splitlines()) <= LONGEST_LINE


def test_an_unknown_story_is_refused_in_one_sentence():
    """A mistyped name is answered with the names there are, and nothing is started."""
    done = run("--story", "jamm", "--exit")

    assert done.exit_code == USAGE
    assert len(done.stderr.strip().splitlines()) == 1
    assert all(name in done.stderr for name in STORIES)


def test_all_stories_are_played_only_to_an_end():
    """Seventeen boards cannot all stay open: `--story all` asks for `--exit`."""
    done = run("--story", "all")

    assert done.exit_code == USAGE
    assert "--exit" in done.stderr


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_every_step_of_a_story_has_its_own_name(story):
    """Who reads that a step was not seen knows which one it was, and it begins with clock and plan."""
    names = [step.name for step in steps_of(story)]

    assert len(set(names)) == len(names)
    assert names[0].startswith("clock set")
    assert len(names) > 5
    assert one_line(story)
