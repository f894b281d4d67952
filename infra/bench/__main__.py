"""`python -m infra.bench`: measures everything, shows it, and writes docs/performance.md."""

import argparse
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console

from infra.bench import appends, bulk, fan_out, http, machine, plans, reading, sections, stages
from infra.bench.cluster import Cluster, bench_cluster
from infra.bench.histories import EVENTS_EACH, planted_histories
from infra.bench.report import Goal, Section, goals_section, page, show, with_http, with_plans, written_by_hand
from infra.logging import configure_logging
from infra.service import calm_garbage_collector

PAGE = Path("docs/performance.md")
STREAMS, EVENTS = 10_000, 100_000
# What the library does one by one is measured on so many and multiplied.
LIBRARY_LOADS, LIBRARY_LOOP = 2_000, 1_000
SIZES, LIBRARY_SIZE, LARGEST = (1_000, 10_000), 10_000, 100_000
PROFILED_APPENDS = 2_000

Results = tuple[Sequence[Section], Sequence[Goal]]


def measured(cluster: Cluster, rounds: int, full: bool) -> Iterator[Results]:
    """Each measure's tables as soon as they are there."""
    yield sections.appends_sections(appends.measure(cluster, rounds=rounds))
    yield sections.bulk_sections(bulk.measure(cluster, rounds=rounds, streams=STREAMS))
    with planted_histories(cluster, -(-EVENTS // EVENTS_EACH)) as histories:
        log = reading.measure_log(histories, rounds=rounds)
        load = reading.measure_load(histories, rounds=rounds, streams=STREAMS, library_streams=LIBRARY_LOADS)
        yield sections.reading_sections(log, load)
        profiled = stages.measure(
            cluster, histories, appends=PROFILED_APPENDS, streams=STREAMS, assignments=LIBRARY_SIZE
        )
    contests = {
        size: fan_out.measure(
            cluster, rounds=rounds, assignments=size, library_loop=LIBRARY_LOOP if size == LIBRARY_SIZE else 0
        )
        for size in (*SIZES, LARGEST)[: None if full else -1]
    }
    yield sections.fan_out_sections(contests)
    yield sections.stages_sections(profiled), ()


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="also the fan-out over 100 000 assignments")
    parser.add_argument("--plans", action="store_true", help="the plans of the list queries, and nothing else")
    parser.add_argument("--http", action="store_true", help="the API over HTTP, by wrk, and nothing else")
    parser.add_argument("--rounds", type=int, default=3, help="how often each measure is taken (default: 3)")
    parser.add_argument("--page", type=Path, default=PAGE, help=f"the page to write (default: {PAGE})")
    options = parser.parse_args()
    configure_logging("warning")
    calm_garbage_collector()
    console, start = Console(), time.monotonic()
    if options.plans:
        plan_queries(console, options.page)
    elif options.http:
        measure_http(console, options.page, options.rounds)
    else:
        measure_all(console, options)
    console.print(f"{time.monotonic() - start:.0f} s; written to {options.page}")


def plan_queries(console: Console, path: Path) -> None:
    """Writes nothing where a plan is bad."""
    with bench_cluster() as cluster:
        section = sections.plans_section(plans.measure(cluster, plans.MILLION), plans.MILLION)
    show(console, section)
    path.write_text(with_plans(path.read_text(encoding="utf-8"), section), encoding="utf-8")


def measure_http(console: Console, path: Path, rounds: int) -> None:
    """Where there is no wrk the page says so."""
    try:
        http.wrk()
    except http.NoWrk as missing:
        console.print(f"HTTP was not measured: {missing}", style="bold red")
        sections_found = sections.http_missing(str(missing))
    else:
        with bench_cluster() as cluster:
            sections_found = sections.http_sections(http.measure(cluster, rounds=rounds))
    for section in sections_found:
        show(console, section)
    path.write_text(with_http(path.read_text(encoding="utf-8"), sections_found), encoding="utf-8")


def measure_all(console: Console, options: argparse.Namespace) -> None:
    tables: list[Section] = []
    goals: list[Goal] = []
    with bench_cluster() as cluster:
        facts = machine.described(cluster)
        for found, reached in measured(cluster, options.rounds, options.full):
            for section in found:
                show(console, section)
            tables += found
            goals += reached
    tables.insert(0, goals_section(goals))
    show(console, tables[0])
    text = page(facts, options.rounds, tables, written_by_hand(options.page))
    options.page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
