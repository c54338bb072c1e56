"""The matrix as a table for people."""

from hil_tests.faults.rows import Result

HEADS = (
    "row", "seed", "faults", "written", "stored", "lost", "doubled", "forged", "out of order",
    "filled later", "alarms ahead", "s", "",
)  # fmt: skip


def line(result: Result) -> tuple[str, ...]:
    """One run, a cell for each head."""
    count = result.count
    numbers = (
        count.journalled, count.stored, count.lost, count.doubled, count.forged, count.out_of_order,
        count.late, count.ahead,
    )  # fmt: skip
    verdict = "ok" if result.passed else "FAILED " + "; ".join([result.fault, *count.names]).strip("; ")
    note = f" ({count.told_lost} told as lost)" if count.told_lost else ""
    cells = (result.row.name, str(result.seed), result.harm, *map(str, numbers))
    return (*cells, f"{result.seconds:.1f}", verdict + note)


def markdown(heads: tuple[str, ...], lines: list[tuple[str, ...]]) -> str:
    """A table that reads well as it is."""
    widths = [max(len(row[n]) for row in (heads, *lines)) for n in range(len(heads))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in (heads, rule, *lines)
    )
