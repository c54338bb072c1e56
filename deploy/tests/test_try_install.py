"""What `make install-check` says at its end can be believed."""

from deploy.try_install.table import Table


def test_one_promise_that_does_not_hold_is_seen():
    """A single failure among many good rows is shown where it happened, and counts at the end."""
    said = []
    table = Table(said.append)
    table.part("The service")
    assert table.see("it starts", True, "active")
    assert not table.see("it stays", False, "gone\n  after 3 s")
    assert table.see("it is quiet", True)
    assert said == [
        "\nThe service",
        "ok    it starts: active",
        "FAIL  it stays: gone after 3 s",
        "ok    it is quiet",
    ]
    assert [row.promise for row in table.failed] == ["it stays"] and len(table.rows) == 3
