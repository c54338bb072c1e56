"""What somebody may send with a request: so much, and only what can be written down again."""

import pytest

from centre.board.body import MAX_BYTES


def test_a_stranger_cannot_fill_the_memory(house):
    """More than a megabyte is refused before it is read, at the login page too; so is a body without a length."""
    client = house.client()
    long = client.post("/login", content=bytes(MAX_BYTES + 1), headers={"content-type": "application/json"})
    assert long.status_code == 413
    assert client.post("/login", content=iter([b"{}"])).status_code == 411
    for length in ("-1", "9" * 40, "ten"):
        assert client.post("/login", content=b"", headers={"content-length": length}).status_code == 413


@pytest.mark.parametrize(
    "body", ['{"label": "\\ud800", "public_point": ""}', "Infinity", '{"public_point": NaN}', "[" * 5_000]
)
def test_what_cannot_be_written_down_is_refused_in_words(house, body):
    """Half a letter, a number that is none, brackets without end: an answer that says so, not a failure."""
    client = house.client()
    as_json = {"content-type": "application/json"}
    for path in (
        "/api/hubs",
        f"/api/devices/{house.device.id}/plans",
        f"/api/devices/{house.device.id}/release",
    ):
        answer = client.post(path, content=body, headers=as_json)
        assert answer.status_code in (400, 422) and answer.json()
