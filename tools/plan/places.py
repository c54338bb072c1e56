"""Find the line where the third rule of a plan file stands, so that a refusal can name it.  Pure; JSON and TOML.

Not a parser: it counts brackets outside of strings and comments.  What it does not find has no line, never a wrong
sentence.
"""

import re
from collections.abc import Iterator

PLACE = re.compile(r"^(dose|rule) (\d+)\b", re.IGNORECASE)
FIELD = re.compile(r"'(\w+)'|: (\w+) (?:is|has) ")
LISTS = {"dose": "doses", "rule": "rules"}
# A string, a comment, a bracket, a key with its sign: all that matters for finding a place.
TOKEN = re.compile(
    r"^[ \t]*\[\[\s*\w+\s*\]\]|"
    r'"(?:\\.|[^"\\\n])*"\s*[:=]?|\'[^\'\n]*\'|#[^\n]*|[\[\]{}]|[A-Za-z_]\w*\s*=',
    re.MULTILINE,
)


def line_of(text: str, sentence: str) -> int | None:
    """The line, from 1, of the place that a refusal names: its field if there is one, else where it begins."""
    found = PLACE.match(sentence)
    field = FIELD.search(sentence)
    if found is None:
        start, end = 0, len(text)
        if field is None:
            return None
    else:
        spans = list(items(text, LISTS[found[1].lower()]))
        number = int(found[2])
        if not 0 < number <= len(spans):
            return None
        start, end = spans[number - 1]
    at = _key(text, field[1] or field[2], start, end) if field else None
    return text.count("\n", 0, start if at is None else at) + 1 if found or at is not None else None


def items(text: str, name: str) -> Iterator[tuple[int, int]]:
    """(start, end) in `text` of each item of the list `name`: [[name]] tables, or objects in name = [...]."""
    tables = [match for match in TOKEN.finditer(text) if match[0].lstrip().startswith("[[")]
    ours = [match for match in tables if match[0].strip("[] \t") == name]
    if ours:
        starts = [match.start() + len(match[0]) - len(match[0].lstrip()) for match in ours]
        ends = [next((t.start() for t in tables if t.start() > start), len(text)) for start in starts]
        yield from zip(starts, ends, strict=True)
        return
    yield from _objects(text, name)


def _objects(text: str, name: str) -> Iterator[tuple[int, int]]:
    at = _key(text, name, 0, len(text))
    depth = start = 0
    for token in TOKEN.finditer(text, len(text) if at is None else at):
        if token[0] in ("[", "{"):
            depth += 1
            if token[0] == "{" and depth == 2:
                start = token.start()
        elif token[0] in ("]", "}"):
            if token[0] == "}" and depth == 2:
                yield start, token.end()
            depth -= 1
            if depth <= 0:
                return


def _key(text: str, name: str, start: int, end: int) -> int | None:
    for token in TOKEN.finditer(text, start, end):
        if token[0][-1:] in ":=" and token[0][:-1].strip().strip('"') == name:
            return token.start()
    return None
