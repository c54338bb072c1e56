"""The e-paper driver on the emulated controller: what is shown can be read."""

from firmware.ui import screens
from tools.emulator.glyphs import read_lines


def expected(language, state):
    lines = screens.screen(state, 0, language, (1, 2, 480)).lines
    return [line.removeprefix("*") for line in lines]


def test_every_sentence_of_every_language_can_be_read_off_the_panel(trial):
    """What the device wants to say is what stands on the panel, letter by letter, with every á č đ ŋ š ŧ ž."""
    bench = trial("show_all")

    everything = [(language, state) for language in ("nb", "nn", "se", "en") for state in screens.STATES]
    looks = [(6000 * number + 5500, "read", {}) for number in range(len(everything))]

    failed = bench.run(*looks, for_ms=6000 * (len(everything) + 2))

    assert not failed
    assert [facts["text"] for facts in bench.answers] == [expected(*which) for which in everything]


def test_the_panel_is_never_spoken_to_while_it_is_busy(trial):
    """The driver keeps to the controller's rules: nothing is sent while it is busy or asleep."""
    bench = trial("show_latest")
    bench.run(for_ms=30_000)

    assert [event for event in bench.events if event["event"] == "misuse"] == []


def test_the_latest_words_win(trial):
    """Three screens asked for within two seconds: the first is drawn, the second is skipped, the third stays."""
    bench = trial("show_latest")
    bench.run((5000, "read", {}), for_ms=30_000)

    assert bench.answers[0]["text"] == ["one"]
    assert len([event for event in bench.events if event["event"] == "screen"]) == 2
    assert read_lines(bench.picture) == ["three"]
