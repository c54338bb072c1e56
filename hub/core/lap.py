"""One way through the rows that wait: the urgent ones first, then all in order, none twice.  Pure."""

ANY_ID = (1 << 63) - 1  # SQLite's largest row number


class Lap:
    """Rows up to `row` have gone, and of the urgent ones also those up to `urgent`.  It ends at `up_to`."""

    def __init__(self, up_to: int = ANY_ID, row: int = 0) -> None:
        self.up_to = up_to
        self.row = row
        self.urgent = 0

    @property
    def urgent_after(self) -> int:
        """The next urgent row has a larger number than this."""
        return max(self.row, self.urgent)

    def went(self, newest_id: int, ahead: bool) -> None:
        """One message went, up to this row.  ahead: it held urgent rows alone, before their turn."""
        if ahead:
            self.urgent = newest_id
        else:
            self.row = newest_id
