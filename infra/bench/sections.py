"""The results of each measure as sections of the report, with their goals."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from infra.bench import appends, bulk, fan_out, http, reading
from infra.bench.measure import Contest, Spread
from infra.bench.plan_rows import Size
from infra.bench.plans import BIG, Found
from infra.bench.report import Goal, Section, goals_section, number, spread
from infra.bench.stages import Stage

FLAT = 1.25
"""What counts as flat."""

RATES = ("contender", "per second", "µs each", "client", "server")
COSTS = ("contender", "µs each", "client", "server", "s for all")

APPENDS_TEXT = """\
One event an append, each a new stream. Ours: decided events are put into their envelopes (ids, JSON, hash chain)
and stored with an idempotency key and an inbox entry, in one transaction. The library: its mapper, and
`insert_events`. psycopg: a prepared statement with binary parameters, all values made beforehand. Writers are
threads, in as many processes as there are writers but at most four; the same for all. Our processes carry their
wake signals, as the service's do."""
COMMANDS_TEXT = """\
A planned workout is started: the stream loaded, the command decided, its event appended. Ours with an idempotency
key, whose former answer is looked up first."""
BULK_TEXT = """\
One-event streams in one call, from decided events to the commit. COPY is given the same rows in its binary format,
made beforehand: it encodes nothing. Same table, same indexes."""
LOAD_TEXT = """\
Streams of three events. Ours all in one query, with no state remembered; the library's one by one, as it knows no
other way, its rate taken from a part of them. Ours is {ratio} times as fast."""
READ_TEXT = """\
Batches of 2 000 from the beginning, each event decoded: ours with its whole envelope, validated by pydantic."""
FAN_OUT_TEXT = """\
Workouts with three events each, in teams of 33; the phase of every team changes. Ours, write side: from the first
PhaseChanged read to the last append, each adjustment with envelope and hash, each team's report; once in a process
that has just started, once in one whose memory holds the latest states. The library's loop (get, adjust, save) has
all ids at hand; its rate is taken from a part of the workouts. To the last row of the board: listener, reactions
and projector in one process as the service runs them, from publishing one message a team until a reader, looking
each 20 ms, finds every row changed."""
STAGES_TEXT = """\
Ours once more, one thread, under Python's profiler, which makes Python look dearer than what waits for the
database. Each stage with all that it calls."""

HTTP_TEXT = """\
One process of the API, asked by `wrk` over 16 connections from the same machine, with a token and without rate
limits. It checks token and access, reads under row-level security and validates what it answers. Against it stands a
FastAPI route with the same server, pool and threads that asks nobody who he is and passes on what PostgreSQL makes of
the row (`row_to_json`). Commands: each starts another workout, with an idempotency key; the runner alone has 16 threads
of one process."""

PLANS_TEXT = """\
Each list query of the read models, {assignments} assignments of {teams} teams, the last of some rounds, so that what it
reads is in memory. "looked at": how many rows and pages of 8 kB it read, to answer with "rows". No query reads a table
of {big} rows or more whole, with its values or as a generic plan, or looks at as many; this fails where one does."""


def appends_sections(contests: Mapping[int, Contest]) -> tuple[list[Section], list[Goal]]:
    sections = []
    for names, title, text in (
        (appends.APPENDING, "Appends", APPENDS_TEXT),
        (appends.COMMANDING, "Commands", COMMANDS_TEXT),
    ):
        rows = [(str(writers), *row) for writers, contest in contests.items() for row in rate_rows(contest, names)]
        sections.append(Section(title, text, ("writers", *RATES), rows))
    most = max(contests)
    contest, at = contests[most], f"append, {most} writers:"
    goals = [
        Goal(f"{at} against eventsourcing", 5, contest.ratio(appends.OURS, appends.LIBRARY)),
        Goal(f"{at} against psycopg, same rows", 0.7, contest.ratio(appends.OURS, appends.PLAIN_WHOLE)),
    ]
    return sections, goals


def bulk_sections(contest: Contest) -> tuple[list[Section], list[Goal]]:
    section = Section("Bulk append", BULK_TEXT, RATES, rate_rows(contest, contest.samples))
    return [section], [Goal("10 000 streams in one call: against COPY", 1 / 3, contest.ratio(bulk.OURS, bulk.COPY))]


def reading_sections(log: Contest, load: Contest) -> tuple[list[Section], list[Goal]]:
    ratio = load.ratio(reading.LOAD, reading.LIBRARY_LOAD)
    sections = [
        Section("Bulk load", LOAD_TEXT.format(ratio=spread(ratio, 1)), RATES, rate_rows(load, load.samples)),
        Section("Reading in order", READ_TEXT, RATES, rate_rows(log, log.samples)),
    ]
    return sections, [Goal("reading in order: against eventsourcing", 1.5, log.ratio(reading.LOG, reading.LIBRARY_LOG))]


def fan_out_sections(contests: Mapping[int, Contest]) -> tuple[list[Section], list[Goal]]:
    """The goals are those of the size at which the library was measured."""
    rows = [
        (number(assignments), *row)
        for assignments, contest in contests.items()
        for row in cost_rows(contest, assignments)
    ]
    section = Section("Fan-out", FAN_OUT_TEXT, ("of", *COSTS), rows)
    goals = [
        Goal("fan-out, write side: against the obvious loop", 25, contest.ratio(fan_out.COLD, fan_out.LIBRARY))
        for contest in contests.values()
        if fan_out.LIBRARY in contest.samples
    ]
    least, most = min(contests), max(contests)
    if least != most:
        ratio = cost_ratio(contests[most], contests[least])
        name = f"fan-out: cost each at {number(most)} against {number(least)}"
        goals.append(Goal(name, FLAT, ratio, at_most=True))
    return [section], goals


def http_sections(contest: Contest) -> list[Section]:
    rows = [row[:3] for row in rate_rows(contest, contest.samples)]
    goals = [
        Goal("one row by id: against passing it on", 0.85, contest.ratio(http.ROW, http.ROW_THROUGH)),
        Goal("a page of 100: against passing it on", 0.85, contest.ratio(http.LIST, http.LIST_THROUGH)),
        Goal("commands: against the runner alone", 0.6, contest.ratio(http.COMMANDS, http.RUNNER)),
    ]
    return [Section("HTTP", HTTP_TEXT, RATES[:3], rows), replace(goals_section(goals), title="HTTP: goals")]


def http_missing(why: str) -> list[Section]:
    return [Section("HTTP", f"Not measured: {why}.", RATES[:3], [])]


def stages_sections(stages: Iterable[Stage]) -> list[Section]:
    rows = [(stage.measure, stage.name, number(stage.micros_each, 1), f"{stage.share:.0%}") for stage in stages]
    return [Section("Where our time goes", STAGES_TEXT, ("measure", "stage", "µs each", "share"), rows)]


def plans_section(found: Iterable[Found], size: Size) -> Section:
    assignments = number(size.assignments)
    text = PLANS_TEXT.format(assignments=assignments, teams=size.teams, big=number(BIG))
    columns = ("query", "rows", "looked at", "pages", "ms to plan", "ms to run", "indexes")
    rows = [
        (
            one.query,
            number(one.total(lambda plan: plan.rows)),
            number(one.total(lambda plan: plan.read)),
            number(one.total(lambda plan: plan.pages)),
            number(one.total(lambda plan: plan.planning_ms), 2),
            number(one.total(lambda plan: plan.execution_ms), 2),
            ", ".join(one.indexes),
        )
        for one in found
    ]
    return Section(f"List queries at {assignments} assignments", text, columns, rows)


def rate_rows(contest: Contest, names: Iterable[str]) -> list[Sequence[str]]:
    return [
        (
            name,
            spread(contest.spread(name, lambda sample: sample.rate)),
            number(contest.spread(name, lambda sample: sample.micros_each).median, 1),
            *processor_time(contest, name),
        )
        for name in names
    ]


def cost_rows(contest: Contest, items: int) -> list[Sequence[str]]:
    """For a loop that was measured on a part, the last column is what all of ``items`` would take."""
    costs = {name: contest.spread(name, lambda sample: sample.micros_each) for name in contest.samples}
    return [
        (name, spread(cost), *processor_time(contest, name), number(cost.median * items / 1e6, 2))
        for name, cost in costs.items()
    ]


def processor_time(contest: Contest, name: str) -> tuple[str, str]:
    return (
        number(contest.spread(name, lambda sample: sample.client_cpu_s / sample.items * 1e6).median, 1),
        number(contest.spread(name, lambda sample: sample.server_cpu_s / sample.items * 1e6).median, 1),
    )


def cost_ratio(most: Contest, least: Contest) -> Spread:
    pairs = zip(most.samples[fan_out.COLD], least.samples[fan_out.COLD], strict=False)
    return Spread.of([big.micros_each / small.micros_each for big, small in pairs])
