"""One measure, several of them taking turns, and what their ratios say."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from infra.bench.cluster import Cluster


class MeasuredNothing(Exception):
    """The database does not hold what the measured work was to put there, so its time means nothing."""


@dataclass(frozen=True, slots=True)
class Sample:
    """``items`` units of work in ``seconds``; ``stored`` is what the database held afterwards, counted there.

    Processor seconds are those of our processes and of the server's; 0 where they were not taken.
    """

    seconds: float
    items: int
    stored: int
    client_cpu_s: float = 0.0
    server_cpu_s: float = 0.0

    @property
    def rate(self) -> float:
        return self.items / self.seconds

    @property
    def micros_each(self) -> float:
        return self.seconds / self.items * 1e6


class Spread(NamedTuple):
    """The median of some rounds, and the least and the greatest of them."""

    median: float
    least: float
    greatest: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        return cls(median(values), min(values), max(values))


@dataclass(slots=True)
class Contest:
    """Samples by contender, one a round: the contenders take turns, so that all meet the same machine."""

    samples: dict[str, list[Sample]] = field(default_factory=dict)

    def add(self, contender: str, sample: Sample) -> None:
        self.samples.setdefault(contender, []).append(sample)

    def spread(self, contender: str, value: Callable[[Sample], float]) -> Spread:
        return Spread.of([value(sample) for sample in self.samples[contender]])

    def ratio(self, contender: str, other: str) -> Spread:
        """How many times as fast ``contender`` was as ``other``, round by round."""
        pairs = zip(self.samples[contender], self.samples[other], strict=True)
        return Spread.of([one.rate / two.rate for one, two in pairs])


def compete(contenders: Mapping[str, Callable[[], Sample]], rounds: int) -> Contest:
    contest = Contest()
    for _ in range(rounds):
        for name, measure in contenders.items():
            contest.add(name, measure())
    return contest


class Stopwatch:
    """Reads once the block has ended."""

    seconds: float
    client_cpu_s: float
    server_cpu_s: float

    def sample(self, items: int, stored: int) -> Sample:
        return Sample(self.seconds, items, stored, self.client_cpu_s, self.server_cpu_s)


@contextmanager
def timed(cluster: Cluster) -> Iterator[Stopwatch]:
    """Wall and processor time of the block. What was made before is kept out of the garbage collector's rounds."""
    watch = Stopwatch()
    cluster.settle()
    with undisturbed():
        server_cpu = cluster.cpu_s()
        cpu, start = time.process_time(), time.perf_counter()
        yield watch
        watch.seconds, watch.client_cpu_s = time.perf_counter() - start, time.process_time() - cpu
        watch.server_cpu_s = cluster.cpu_s() - server_cpu


@contextmanager
def undisturbed() -> Iterator[None]:
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def expect(stored: int, expected: int, what: str) -> int:
    """``stored``, which must be what the work was to store."""
    if stored != expected:
        raise MeasuredNothing(f"{what}: the database holds {stored}, not {expected}")
    return stored
