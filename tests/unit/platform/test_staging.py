"""Phase 1 of a load: the staging folder is the ledger."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson
import pyarrow.parquet as pq
import pytest

from kgp.errors import BadInputError, ExitCode, StoreUnavailableError
from kgp.kg_schema.batches import Kind
from kgp.platform.staging import Staged, abort, discard, stage, stagings
from kgp.platform.staging_inputs import Inputs
from kgp.progress import SilentProgress
from kgp.testing import ListLoader, SourceBuilder
from kgp.testing.golden import golden, graph
from kgp.testing.loads import source_info

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally


class Counter(SilentProgress):
    """A step that remembers how far it was moved."""

    done = 0

    def advance(self, n: int = 1) -> None:
        self.done += n


def run(loader: ListLoader, root: Path, **options: Any) -> Staged:
    return stage(loader, root, {}, SilentProgress(), **options)


def nodes(*ids: str) -> ListLoader:
    source = SourceBuilder(source_info("primekg"))
    for identifier in ids:
        source.node(identifier, "Gene", identifier)
    return source.loader()


@dataclass(frozen=True)
class Breaking(ListLoader):
    """Fails after two batches, as a process does that is killed there."""

    error: BaseException = field(default_factory=KeyboardInterrupt)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        for number, batch in enumerate(super().batches(tally)):
            if number == 2:
                raise self.error
            yield batch


def rows(staged: Staged, kind: Kind) -> list[dict[str, Any]]:
    return [row for part in staged.parts(kind) for row in pq.read_table(part).to_pylist()]


def test_parts_hold_the_rows_by_kind_and_in_order(tmp_path: Path) -> None:
    staged = run(graph(), tmp_path)
    edges = [row["src"] + ">" + row["dst"] for row in rows(staged, Kind.EDGES)]
    assert edges[:2] == ["ncbigene:4193>ncbigene:7157"] * 2
    assert len(rows(staged, Kind.NODES)) == 4
    assert rows(staged, Kind.XREFS) == []
    assert staged.tally.rows_in == 10


def test_the_ledger_says_what_was_read(tmp_path: Path) -> None:
    staged = run(graph(), tmp_path)
    ledger = orjson.loads((staged.folder / "load.json").read_bytes())
    assert ledger["load_id"] == staged.load_id == staged.folder.name
    assert ledger["info"]["license"] == "CC-BY-4.0"
    assert ledger["tally"]["rows_in"] == 10


def test_no_unfinished_file_is_left(tmp_path: Path) -> None:
    staged = run(graph(), tmp_path)
    assert {path.suffix for path in staged.folder.iterdir()} == {".parquet", ".json", ".done", ""}


def test_progress_counts_rows(tmp_path: Path) -> None:
    counter = Counter()
    stage(graph(), tmp_path, {}, counter)
    assert counter.done == 10


def test_an_interrupted_staging_continues_where_it_stopped(tmp_path: Path) -> None:
    whole = graph()
    with pytest.raises(KeyboardInterrupt):
        run(Breaking(whole.info, whole.content), tmp_path)
    (folder,) = stagings(tmp_path)
    parts = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.parquet")}
    assert len(parts) == 2
    assert not (folder / "load.json").exists()
    staged = run(whole, tmp_path)
    assert staged.folder == folder
    kept = {name: (folder / name).stat().st_mtime_ns for name in parts}
    assert kept == parts
    assert len(rows(staged, Kind.EDGES)) == 6
    assert staged.tally == run(whole, tmp_path / "other").tally


def test_what_validation_dropped_is_counted_once_however_often_it_is_staged(tmp_path: Path) -> None:
    loader = nodes("TP53", "ncbigene:1", "a b", "c", "d")
    for _ in range(2):
        staged = run(loader, tmp_path)
        entry = staged.tally.dropped["not an identifier"]
        assert (entry.count, entry.examples) == (4, ["TP53", "a b", "c"])
        assert (staged.tally.rows_in, staged.tally.rows_kept) == (5, 1)


def test_an_empty_source_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="empty"):
        run(ListLoader(source_info("primekg"), ()), tmp_path)
    assert list(stagings(tmp_path)) == []


def test_a_source_of_which_nothing_is_left_is_refused_with_reasons(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"2 of 2 rows.*not an identifier: 2.*TP53, MDM2"):
        run(nodes("TP53", "MDM2"), tmp_path)
    assert list(stagings(tmp_path)) == []


@pytest.mark.parametrize(("share", "refused"), [(0.24, True), (0.25, False), (1.0, False)])
def test_the_drop_threshold_is_the_largest_share_allowed(
    tmp_path: Path, share: float, refused: bool
) -> None:
    loader = nodes("TP53", "a:1", "a:2", "a:3")
    if refused:
        with pytest.raises(BadInputError, match="1 of 4"):
            run(loader, tmp_path, max_dropped=share)
    else:
        assert run(loader, tmp_path, max_dropped=share).tally.rows_kept == 3


def test_a_refused_file_leaves_no_staging_behind(tmp_path: Path) -> None:
    whole = graph()
    error = BadInputError("row 7 is broken")
    with pytest.raises(BadInputError, match="row 7"):
        run(Breaking(whole.info, whole.content, error=error), tmp_path)
    assert list(stagings(tmp_path)) == []


def test_an_error_of_the_source_is_not_blamed_on_the_staging_disk(tmp_path: Path) -> None:
    whole = graph()
    with pytest.raises(OSError, match="not a gzip"):
        run(Breaking(whole.info, whole.content, error=OSError("not a gzip")), tmp_path)


def test_a_staging_folder_that_cannot_be_made_is_the_store_s_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailableError, match="file") as raised:
        run(graph(), tmp_path / "file")
    assert raised.value.exit_code == ExitCode.STORE
    assert "--abort" in raised.value.command


def test_a_full_disk_is_the_store_s_error_and_the_same_command_continues(tmp_path: Path) -> None:
    code = """
import resource, signal, sys
from pathlib import Path
from kgp.errors import StoreUnavailableError
from kgp.platform.staging import stage
from kgp.progress import SilentProgress
from kgp.testing.golden import graph
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
try:
    stage(graph(), Path(sys.argv[1]), {}, SilentProgress())
except StoreUnavailableError as error:
    print(error.message)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(stage(graph(), Path(sys.argv[1]), {}, SilentProgress()).tally.rows_in)
"""
    command = [sys.executable, "-c", code, str(tmp_path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert said[0].startswith("Cannot write the staging folder")
    assert said[1:] == ["10"]


def test_a_discarded_staging_is_gone(tmp_path: Path) -> None:
    one, two = run(nodes("a:1"), tmp_path), stage(graph(), tmp_path, {"a": 1}, SilentProgress())
    assert [folder.name for folder in stagings(tmp_path)] == sorted([one.load_id, two.load_id])
    discard(one)
    assert [folder.name for folder in stagings(tmp_path)] == [two.load_id]


def test_abort_removes_every_staging_and_names_it(tmp_path: Path) -> None:
    made = [stage(item, tmp_path, {"n": n}, SilentProgress()) for n, item in enumerate(golden())]
    assert abort(tmp_path) == sorted(staged.load_id for staged in made)
    assert abort(tmp_path) == abort(tmp_path / "nowhere") == []


def identity(inputs: dict[str, Path], source: str = "primekg", **options: str) -> str:
    return Inputs(inputs).identity(source_info(source), options)


def test_the_identity_is_content_and_options_and_not_the_place(tmp_path: Path) -> None:
    one, two = tmp_path / "one.csv", tmp_path / "two.csv"
    one.write_text("a")
    two.write_text("a")
    known = identity({"kg": one}, name="x")
    assert known == identity({"kg": two}, name="x")
    assert known != identity({"kg": one}, "string", name="x")
    assert known != identity({"info": one}, name="x")
    assert known != identity({"kg": one}, name="y")
    two.write_text("b")
    assert known != identity({"kg": two}, name="x")


def test_a_source_that_describes_itself_otherwise_is_another_load(tmp_path: Path) -> None:
    path = tmp_path / "links.txt"
    path.write_text("a")
    functional = source_info("string")
    physical = replace(functional, title="STRING, physical network")
    assert Inputs({"links": path}).identity(functional, {}) != Inputs({"links": path}).identity(
        physical, {}
    )


def test_the_identity_of_a_folder_is_that_of_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "genes.dat").write_text("a")
    known = identity({"folder": folder})
    assert known == identity({"folder": folder})
    (folder / "more.dat").write_text("b")
    assert known != identity({"folder": folder})


def test_files_are_named_in_errors_and_in_the_result(tmp_path: Path) -> None:
    file = tmp_path / "kg.csv"
    file.write_text("")
    loader = replace(nodes("a:1"), inputs={"kg": file})
    assert run(loader, tmp_path / "staging").files == (str(file),)
    with pytest.raises(BadInputError, match=r"kg\.csv: the source is empty"):
        run(replace(loader, content=()), tmp_path / "other")
