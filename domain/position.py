"""A place in the log, which is how everything that follows it says how far it is."""

from typing import NamedTuple


class Position(NamedTuple):
    """A place in the log. Tuples compare in log order, across transactions and restored databases.

    ``era`` counts the clusters that the data has lived in, ``xid`` is the writing transaction, ``ordinal`` the place
    of the event within it.
    """

    era: int
    xid: int
    ordinal: int

    def __str__(self) -> str:
        return f"{self.era}-{self.xid}-{self.ordinal}"

    @classmethod
    def parse(cls, text: str) -> "Position":
        """The inverse of ``str``. Raises ValueError for anything else."""
        parts = text.split("-")
        if len(parts) != 3 or not all(part.isascii() and part.isdecimal() and len(part) < 20 for part in parts):
            raise ValueError(f"{text!r} is not a position; one looks like 1-8123-0")
        return cls(*map(int, parts))

    def to_int(self) -> int:
        """One integer in the same order (for offsets): 64 bits of xid, 32 of ordinal, era above them."""
        return self.era << 96 | self.xid << 32 | self.ordinal

    @classmethod
    def from_int(cls, value: int) -> "Position":
        return cls(value >> 96, value >> 32 & (1 << 64) - 1, value & (1 << 32) - 1)


BEGINNING = Position(0, 0, 0)
"""Before every event."""
