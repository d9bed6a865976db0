"""``kgp load``: bring a source into the graph."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, say, show

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kgp.api.accounts import DryRun, LoadReport, Skipped
    from kgp.api.bulk_loading import BulkFiles


def load(
    source: Annotated[str, typer.Argument(help="Name of the source; kgp sources lists them.")] = "",
    paths: Annotated[list[str] | None, typer.Argument(help="PATH or ROLE=PATH …")] = None,
    name: Annotated[str | None, typer.Option(help="Name of the network or response set.")] = None,
    version: Annotated[str | None, typer.Option(help="Release of the source.")] = None,
    layer: Annotated[str | None, typer.Option(help="Layer of a network's regulation.")] = None,
    perturbed: Annotated[
        list[str] | None, typer.Option(help="What an own experiment perturbs: a gene or drug …")
    ] = None,
    direction: Annotated[str | None, typer.Option(help="How: down or up.")] = None,
    context: Annotated[str | None, typer.Option(help="Where: cell line or strain.")] = None,
    dose: Annotated[str | None, typer.Option(help="How much, such as 10uM.")] = None,
    option: Annotated[list[str] | None, typer.Option("--option", help="KEY=VALUE …")] = None,
    world: Annotated[Path | None, typer.Option(help="A file that lists many loads.")] = None,
    mapping: Annotated[Path | None, typer.Option("--map", help="Mapping of a table.")] = None,
    guess: Annotated[bool, typer.Option("--guess", help="Write a mapping of a table.")] = False,
    use: Annotated[
        str | None, typer.Option("--license", help="Keep what allows academic or commercial use.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would come in; load nothing.")
    ] = False,
    dask: Annotated[str | None, typer.Option(help="local, or a scheduler's address.")] = None,
    abort: Annotated[bool, typer.Option("--abort", help="Remove interrupted loads.")] = False,
    bulk: Annotated[
        bool,
        typer.Option("--bulk", help="First load into a server's empty database, by its import."),
    ] = False,
    into_existing: Annotated[
        bool,
        typer.Option("--into-existing", help="Load beside what others keep in a Neo4j database."),
    ] = False,
    max_dropped: Annotated[float, typer.Option(min=0, max=1, help="Largest dropped share.")] = 1.0,
    min_known: Annotated[
        float,
        typer.Option(min=0, max=1, help="Least share of a set's genes that the graph knows."),
    ] = 0.5,
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """Load a source's files into the graph, or every source that a world file lists."""
    from kgp.api import loading
    from kgp.errors import UsageError
    from kgp.progress import make_progress

    if abort:
        _show_aborted(loading.abort_loads(store), json)
        return
    if bool(world) == bool(source):
        raise UsageError(
            "Name a source and its files, or a world file.",
            hint="kgp sources lists the sources and what each reads.",
            command="kgp load primekg kg.csv, or kgp load --world world.toml",
        )
    if guess:
        _guess(source, paths or [], json)
        return
    manner: dict[str, Any] = {
        "progress": make_progress(progress),
        "max_dropped": max_dropped,
        "use": use,
        "dask": dask,
    }
    named: dict[str, Any] = {"name": name, "version": version, "layer": layer}
    named |= {"perturbed": ",".join(perturbed or ()) or None, "direction": direction}
    named |= {"context": context, "dose": dose}
    if not dry_run:
        manner |= {"min_known": min_known, "into_existing": into_existing}
    if world:
        _refuse_options(world, paths, {**named, "option": option, "map": mapping})
        if bulk and not dry_run:
            how = loading.Manner.of(store, **manner)
            _show_bulk(loading.load_world_bulk(world, _typed(), how), json)
            return
        _show(loading.load_world(world, store=store, dry_run=dry_run, **manner), json)
        return
    files = [*(paths or []), *([f"map={mapping}"] if mapping else [])]
    options = {**named, **_options(option or ())}
    if dry_run:
        _show([loading.dry_run(source, files, options=options, **manner)], json)
    elif bulk:
        how = loading.Manner.of(store, **manner)
        _show_bulk(loading.load_bulk(source, files, _typed(), how, options), json)
    else:
        _show([loading.load(source, files, store=store, options=options, **manner)], json)


def _typed() -> str:
    """The command as it was typed: typed again it continues."""
    return shlex.join(["kgp", *sys.argv[1:]])


def _options(texts: Sequence[str]) -> dict[str, str]:
    from kgp.errors import UsageError

    pairs = [text.partition("=") for text in texts]
    for key, equals, _ in pairs:
        if not (key and equals):
            raise UsageError(f"{key!r} is not KEY=VALUE.", command="kgp load … --option taxon=9606")
    return {key: value for key, _, value in pairs}


def _refuse_options(world: Path, paths: Sequence[str] | None, given: dict[str, Any]) -> None:
    """A world file states the options of its loads; ones beside it would be ignored silently."""
    from kgp.errors import UsageError

    extra = [f"--{name}" for name, value in given.items() if value] + list(paths or ())
    if extra:
        raise UsageError(
            f"{extra[0]} cannot be given beside --world.",
            hint=f"What belongs to one source is written in {world}.",
            command=f"kgp load --world {world}",
        )


def _guess(source: str, paths: Sequence[str], json: bool) -> None:
    from kgp.errors import UsageError

    if source != "table" or len(paths) != 1:
        raise UsageError(
            "--guess writes a first mapping of one file for the source 'table'.",
            command="kgp load table FILE --guess",
        )
    from kgp.loaders.table.guess import write_guess

    written = write_guess(Path(paths[0]))
    if json:
        print_json({"map": str(written)})
        return
    say(f"Wrote {written}; look whether it is right, then load the table with it:")
    say(f"  kgp load table {paths[0]} --map {written} --dry-run")


def _show(reports: Iterable[LoadReport | DryRun | Skipped], json: bool) -> None:
    from kgp.api.accounts import Skipped

    if json:
        done = list(reports)
        print_json(done[0] if len(done) == 1 else done)
        return
    for report in reports:
        if isinstance(report, Skipped):
            say(f"Left out: {report.where}: {report.reason}.\n")
        else:
            _show_account(report)


def _show_bulk(done: Sequence[LoadReport | Skipped] | BulkFiles, json: bool) -> None:
    from kgp.api.loading import BulkFiles

    if not isinstance(done, BulkFiles):
        _show(done, json)
        return
    if json:
        print_json(done)
        return
    say(f"The files to import are in {done.folder}.")
    say("kgp has not started this server, so it cannot stop it. Type:")
    for command in done.commands:
        say(f"  {command}")
    say("Where Neo4j runs without compose, stop it, and in the place of the second line:")
    say(f"  {done.elsewhere}")


def _show_account(report: LoadReport | DryRun) -> None:
    from kgp.api.accounts import DryRun
    from kgp.cli.account_tables import dry_run_table, load_table

    dry = isinstance(report, DryRun)
    show(dry_run_table(report) if isinstance(report, DryRun) else load_table(report))
    for reason, values in report.examples.items():
        if values:
            say(f"  {'would be ' if dry else ''}dropped, {reason}: such as {', '.join(values)}")
    for note in report.notes:
        say(f"  {note}")
    if isinstance(report, DryRun):
        say("  nothing was loaded: this was a dry run")
        return
    if report.published.repeated:
        say("  this load was there already; nothing was added")
    if report.ambiguous_aliases:
        many = report.ambiguous_aliases
        say(f"  {many:,} aliases mean several nodes and so none: kgp find --ambiguous")


def _show_aborted(loads: list[str], json: bool) -> None:
    if json:
        print_json({"removed": loads})
    else:
        say(f"Removed {len(loads)} interrupted loads." if loads else "No interrupted loads.")
