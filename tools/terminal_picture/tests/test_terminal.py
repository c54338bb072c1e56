"""A typed command runs at a real terminal."""

from tools.terminal_picture.terminal import Terminal


def test_a_question_at_the_terminal_gets_its_answer(tmp_path):
    """What is typed is answered in order, and the exit code and all that stood there are kept."""
    terminal = Terminal(tmp_path, {"WHO": "you"})
    done = terminal.type(
        'sh -c \'printf "Name? "; read name; echo "$name and $WHO"; exit 3\'', {"Name? ": "me"}
    )

    assert done.code == 3
    assert done.text.splitlines()[-1] == "me and you"


def test_our_own_command_is_found(tmp_path):
    """Typed without a path, dosevakt is the one that is being tested."""
    done = Terminal(tmp_path).type("dosevakt --help")

    assert done.code == 0
    assert "provision" in done.text
