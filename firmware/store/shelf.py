"""Which file of the journal holds which records: two small integers a file, never a list of events.

segment   `0000000057.seg`              the newest records, at most two a file, named by the first
archive   `0000000001-0000000056.arc`   older ones joined; always older than every segment
note      `0000000057+2.bad`            after record 57 two were lost; the file holds the bytes that were found
          `0000000057+2.kept`           the same, once that has been told
`.tmp` is an archive being written, `.new` what could be saved of a damaged file, to take its place.
"""

RECORDS_PER_SEGMENT = 2  # two of 200 B fill the 512 B that cost least (journal.SEGMENT_BYTES)


def segment_name(first: int) -> str:
    """The name of a segment."""
    return "%010d.seg" % first


def archive_name(first: int, last: int) -> str:
    """The name of an archive."""
    return "%010d-%010d.arc" % (first, last)


def note_name(last_good: int, lost: int, told: bool) -> str:
    """The name of a note."""
    return "%010d+%d.%s" % (last_good, lost, "kept" if told else "bad")


def numbers_in(names: list[str], ending: str) -> list[tuple[int, ...]]:
    """The numbers in the names with this ending, smallest first."""
    sort = []
    for name in names:
        if name.endswith(ending):
            stem = name[: -len(ending)].replace("+", "-")
            sort.append(tuple([int(part) for part in stem.split("-")]))
    return sorted(sort)


class Shelf:
    """The files in the order of their records.  File i holds records firsts[i] to lasts[i]."""

    def __init__(self, archives, segments):
        self.archives = len(archives)  # how many of the files are archives: the first ones
        self.firsts = [first for first, _ in archives] + segments
        self.lasts = [last for _, last in archives] + segments

    def __len__(self):
        return len(self.firsts)

    def name(self, i: int) -> str:
        """The name of file i."""
        if i < self.archives:
            return archive_name(self.firsts[i], self.lasts[i])
        return segment_name(self.firsts[i])

    def file_of(self, seq: int) -> int:
        """The file whose span includes `seq`, or -1."""
        low, high = 0, len(self.firsts)
        while low < high:
            middle = (low + high) // 2
            if self.firsts[middle] <= seq:
                low = middle + 1
            else:
                high = middle
        return low - 1 if low and seq <= self.lasts[low - 1] else -1

    def add_segment(self, first: int) -> None:
        """A new segment with one record."""
        self.firsts.append(first)
        self.lasts.append(first)

    def drop(self, i: int) -> None:
        """File i is gone."""
        del self.firsts[i], self.lasts[i]
        if i < self.archives:
            self.archives -= 1

    def join(self, count: int) -> None:
        """The oldest `count` segments are one archive now."""
        at = self.archives
        self.lasts[at : at + count] = [self.lasts[at + count - 1]]
        self.firsts[at : at + count] = [self.firsts[at]]
        self.archives += 1
