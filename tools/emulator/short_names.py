"""Give the names that only their own file uses short ones, which all files of the virtual board share.

MicroPython keeps every name of every loaded file in one table, and doubles it when it is full: on a real board the
chips' names are not in it.  Public names stay, and every line stays where it is, so that a trace can be read.
"""

import io
import re
import tokenize
from collections.abc import Iterable

PRIVATE = re.compile(r"_[a-z]\w*|_[A-Z]\w*")  # not `_`, not `__init__`
CONSTANT = re.compile(r"[A-Z][A-Z0-9_]+")


def own_names(text: str, used_elsewhere: Iterable[str]) -> list[str]:
    """Private names of a file, and its constants that no other file names, as they come."""
    others = set(used_elsewhere)
    tokens = _names(text)
    private = [token.string for token in tokens if PRIVATE.fullmatch(token.string)]
    constants = [
        token.string
        for token in tokens
        if CONSTANT.fullmatch(token.string) and token.string not in others and _is_set_in(token)
    ]
    return list(dict.fromkeys(private + constants))


def names_for_others(text: str) -> set[str]:
    """What a file takes from other files: by import, or behind a dot."""
    imports = re.findall(r"^ *(?:from|import) [^\n(]*(?:\([^)]*\))?", text, re.MULTILINE)
    return set(re.findall(r"\w+", " ".join(imports))) | set(re.findall(r"\.([A-Z]\w*)", text))


def shortened(text: str, names: list[str]) -> str:
    """The same code with `_0`, `_1`, ... for these names."""
    short = {name: f"_{number}" for number, name in enumerate(names)}
    lines = text.splitlines(keepends=True)
    for token in reversed(_names(text)):
        if token.string in short:
            row, start = token.start[0] - 1, token.start[1]
            lines[row] = lines[row][:start] + short[token.string] + lines[row][token.end[1] :]
    return "".join(lines)


def _names(text: str) -> list[tokenize.TokenInfo]:
    return [
        token for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.NAME
    ]


def _is_set_in(token: tokenize.TokenInfo) -> bool:
    """At the margin, on the left of an assignment."""
    left, sign, _ = token.line.partition("=")
    return bool(sign) and token.start[1] < len(left) and re.fullmatch(r"[A-Z0-9_, ]+", left) is not None
