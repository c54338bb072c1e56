"""What comes through the centre's doors: JSON, forms, addresses; from somebody who has logged in, so that it is read.

A case is "VERB address", a line end, and the body.  Anything but an answer below 500 is a finding: a door that fails
inside raises here.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from random import Random
from urllib.parse import quote

from centre.tests.fuzz_requests import FORMS, HARD_FORMS, HARD_JSON, HARD_PAGES, JSON, LOGIN, PAGES
from centre.tests.fuzz_rooms import FuzzedHouse
from protocol.tests.fuzz import Take, Target
from protocol.tests.mutator import Mutation, in_bytes, in_json

MOST_ADDRESS = 8_000  # a browser sends no more, and a server takes no more
AS_JSON, AS_FORM = "application/json", "application/x-www-form-urlencoded"
BOUNDS = (1_000_000, 5_000), (30_000_000, 20_000)  # a page and its queries: for what runs away only


def _cases(verb: str, rows: Iterable[tuple[str, str]]) -> list[bytes]:
    return [f"{verb} {address}\n{body}".encode() for address, body in rows]


def _opened(kind: str) -> Callable[[Path], AbstractContextManager[Take]]:
    """Requests with this content type, as somebody who has logged in."""

    @contextmanager
    def opened(folder: Path) -> Iterator[Take]:
        house = FuzzedHouse(folder)
        headers = {"content-type": kind, "X-CSRF-Token": house.csrf}

        def take(case: bytes) -> bool:
            house.restore()
            first, _, body = house.named(case).partition(b"\n")
            verb, _, address = first.partition(b" ")
            path = "/" + quote(address.lstrip(b"/"), safe="/?&=%")[:MOST_ADDRESS]
            if path.startswith("/stream"):  # never ends, and takes nothing
                return False
            method = "GET" if verb == b"GET" else "POST"
            answer = house.person.request(method, path, content=body, headers=headers, follow_redirects=False)
            assert answer.status_code < 500
            return answer.status_code < 400 or answer.status_code in (404, 409, 422)

        try:
            yield take
        finally:
            house.close()

    return opened


def in_body(chance: Random, seeds: list[bytes]) -> bytes:
    """The JSON after the first line, changed in its values."""
    first, _, body = chance.choice(seeds).partition(b"\n")
    return first + b"\n" + in_json(chance, [body])


def _doors(
    name: str,
    kind: str,
    seeds: list[bytes],
    seen: list[bytes],
    mutations: tuple[Mutation, ...] = (in_bytes,),
    cost: int = 200,
) -> Target:
    hard = tuple(case.hex() for case in seen)
    return Target(name, lambda: seeds, mutations, _opened(kind), *BOUNDS, seen=hard, cost=cost)


def door_targets() -> list[Target]:
    """All of them."""
    values = (in_body, in_body, in_bytes)
    pages, hard_pages = ([(page, "") for page in some] for some in (PAGES, HARD_PAGES))
    return [
        _doors("JSON doors", AS_JSON, _cases("POST", JSON), _cases("POST", HARD_JSON), values),
        _doors("form doors", AS_FORM, _cases("POST", FORMS), _cases("POST", HARD_FORMS)),
        _doors("addresses", "text/plain", _cases("GET", pages), _cases("GET", hard_pages)),
        _doors("login", AS_JSON, _cases("POST", LOGIN), [], values, cost=4_000),
    ]
