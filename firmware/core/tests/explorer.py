"""Go through everything that can happen, nearest first, until nothing new comes.

`scene` gives `start()` and `moves(situation)`: (words, moment, what to do with a `scene.course`) of everything that can
happen there.  After each move, and after each power cut on its way, the device may be somewhere new.  The real core
decides on every transition; nothing is looked up.
"""

from collections import deque

from protocol.errors import DispenserError, MessageError


class Explored:
    """Counts; `ends`: every outcome that a dose came to."""

    def __init__(self):
        self.states = self.transitions = self.refused = self.cuts = 0
        self.ends = set()

    def sentence(self, name):
        """The counts, for the summary of the test run."""
        cuts = f"{self.cuts:,} of them behind a power cut between two writes or before a motion"
        return f"state space, {name}: {self.states:,} states, {self.transitions:,} transitions, {cuts}"


class Story(AssertionError):
    """An invariant is broken; the words are the shortest way there."""


def explore(scene):
    """Breadth first from the scene's start.  Raises Story at the first broken invariant."""
    found, start = Explored(), scene.start()
    came_by = {start.key(): (None, "start")}
    waiting = deque([start])
    while waiting:
        situation = waiting.popleft()
        here = situation.key()
        for words, at, do in scene.moves(situation):
            found.transitions += 1
            for cut, reached in _after(scene, situation, words, at, do, found, came_by, here):
                key = reached.key()
                if key not in came_by:
                    came_by[key] = (here, words + cut)
                    waiting.append(reached)
                    found.ends.update([seen.ended for seen in reached.seen.values()])
    found.states = len(came_by)
    return found


def _after(scene, situation, words, at, do, found, came_by, here):
    """The situation behind a move, and those behind each power cut on its way."""
    course = scene.course(scene, situation, at)
    try:
        do(course)
        yield "", course.here()
        for number, broken in enumerate(course.cuts):
            found.transitions += 1
            found.cuts += 1
            again = scene.course(scene, broken, at)
            again.boot(True)
            yield ", power cut %d on the way" % (number + 1), again.here()
    except MessageError:  # an order that is refused
        found.refused += 1
        assert course.written == 0, "a refused order left a trace"
    except (AssertionError, DispenserError) as broken:
        raise Story("\n".join([*story(came_by, here), words, repr(broken)])) from broken


def story(came_by, key):
    """The moves from the start to this situation."""
    words = []
    while key is not None:
        key, word = came_by[key]
        words.append(word)
    return words[::-1]
