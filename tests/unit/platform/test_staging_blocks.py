"""Staging block by block: parts, then the mark; what is marked is never parsed again."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import polars as pl
import pyarrow.parquet as pq
import pytest

from kgp.errors import BadInputError, StoreBusyError
from kgp.kg_schema.batches import BlockLoader, Kind, make_batch
from kgp.kg_schema.licenses import Use
from kgp.platform.staging import Staged, abort, stage, stagings
from kgp.platform.staging_folder import held
from kgp.platform.staging_inputs import Inputs
from kgp.progress import SilentProgress
from kgp.testing.loads import source_info

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.provenance import SourceInfo
    from kgp.kg_schema.tally import Tally


def nothing(number: int) -> None:
    """What happens between two blocks, usually."""


@dataclass(frozen=True)
class Lines:
    """Reads a file of gene numbers, one block per line; repeats in a line are merged."""

    path: Path
    info: SourceInfo = field(default_factory=lambda: source_info("primekg"))
    before: Callable[[int], None] = nothing
    parsed: list[str] = field(default_factory=list)

    @property
    def inputs(self) -> dict[str, Path]:
        return {"kg": self.path}

    def blocks(self, tally: Tally) -> Iterator[pl.DataFrame]:
        for number, line in enumerate(self.path.read_text().splitlines()):
            self.before(number)
            tally.read(len(line.split()))
            yield pl.DataFrame({"gene": line.split()})

    def parse(self, block: pl.DataFrame, tally: Tally) -> Iterator[Batch]:
        self.parsed.append(" ".join(block["gene"]))
        genes = block["gene"].unique(maintain_order=True)
        tally.merge(len(block) - len(genes))
        columns = {"id": genes.to_list(), "type": ["Gene"] * len(genes)}
        yield make_batch(Kind.NODES, columns)

    def batches(self, tally: Tally) -> Iterator[Batch]:
        for block in self.blocks(tally):
            yield from self.parse(block, tally)


class Notes(SilentProgress):
    """A step that keeps its remarks."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.done = 0

    def note(self, text: str) -> None:
        self.texts.append(text)

    def advance(self, n: int = 1) -> None:
        self.done += n


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "genes.txt"
    path.write_text("a:1 a:2\na:2 a:2 bad\na:3\na:4 a:4 a:4\n")
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "staging"


def run(loader: Lines, root: Path, step: SilentProgress | None = None, **more: Any) -> Staged:
    return stage(loader, root, {}, step or SilentProgress(), **more)


def ids(staged: Staged) -> list[list[str]]:
    return [pq.read_table(part)["id"].to_pylist() for part in staged.parts(Kind.NODES)]


def interrupting(at: int) -> Callable[[int], None]:
    def before(number: int) -> None:
        if number == at:
            raise KeyboardInterrupt

    return before


def test_the_loader_of_these_tests_is_a_block_loader(file: Path) -> None:
    assert isinstance(Lines(file), BlockLoader)


def test_each_block_becomes_a_part_in_its_order(file: Path, root: Path) -> None:
    staged = run(Lines(file), root)
    assert ids(staged) == [["a:1", "a:2"], ["a:2"], ["a:3"], ["a:4"]]
    assert [path.name for path in sorted(staged.folder.glob("*.done"))] == [
        f"00000{number}.done" for number in range(4)
    ]


def test_the_account_adds_up_over_blocks(file: Path, root: Path) -> None:
    step = Notes()
    tally = run(Lines(file), root, step).tally
    assert (tally.rows_in, tally.rows_merged, tally.rows_dropped) == (9, 3, 1)
    assert tally.dropped["not an identifier"].examples == ["bad"]
    assert tally.rows_in == tally.rows_kept + tally.rows_dropped
    assert step.done == 9


def test_a_block_with_its_mark_is_not_parsed_again(file: Path, root: Path) -> None:
    first = Lines(file, before=interrupting(2))
    with pytest.raises(KeyboardInterrupt):
        run(first, root)
    assert sorted(first.parsed) == ["a:1 a:2", "a:2 a:2 bad"]
    second = Lines(file)
    staged = run(second, root)
    assert sorted(second.parsed) == ["a:3", "a:4 a:4 a:4"]
    assert staged.tally == run(Lines(file), root.with_name("other")).tally


FULL = """
import resource, sys, time
from pathlib import Path
from kgp.errors import StoreUnavailableError
from tests.unit.platform.test_staging_blocks import Lines, run

file, root = map(Path, sys.argv[1:])

def fill(number):
    if number == 2:
        while len(list(root.glob("*/*.done"))) < 2:
            time.sleep(0.01)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))

try:
    run(Lines(file, before=fill), root)
except StoreUnavailableError as error:
    print(error.message)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
loader = Lines(file)
print(run(loader, root).tally.rows_in)
print(sorted(loader.parsed))
"""


def test_a_disk_that_is_full_keeps_the_blocks_that_are_done(file: Path, root: Path) -> None:
    command = [sys.executable, "-c", FULL, str(file), str(root)]
    here = Path(__file__).parents[3]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=True)
    said = done.stdout.splitlines()
    assert said[0].startswith(f"Cannot write the staging folder {root}: File too large")
    assert said[1:] == ["9", "['a:3', 'a:4 a:4 a:4']"]


def test_what_a_killed_process_left_unfinished_is_removed(file: Path, root: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(Lines(file, before=interrupting(2)), root)
    (folder,) = stagings(root)
    (folder / "000002.0123456789ab.unfinished").write_bytes(b"PAR1")
    assert list(run(Lines(file), root).folder.glob("*.unfinished")) == []


def test_a_complete_staging_is_not_read_again(file: Path, root: Path) -> None:
    first = run(Lines(file), root)
    again, step = Lines(file, before=interrupting(0)), Notes()
    second = run(again, root, step)
    assert (second.tally, second.folder, again.parsed) == (first.tally, first.folder, [])
    assert step.done == 9


@pytest.mark.parametrize("damage", ["part lost", "part cut", "mark lost", "mark empty"])
def test_a_block_that_is_not_whole_is_staged_again(file: Path, root: Path, damage: str) -> None:
    staged = run(Lines(file), root)
    part, mark = staged.folder / "000001.nodes.parquet", staged.folder / "000001.done"
    if damage == "part lost":
        part.unlink()
    elif damage == "part cut":
        part.write_bytes(part.read_bytes()[:-1])
    elif damage == "mark lost":
        mark.unlink()
    else:
        mark.write_bytes(b"")
    loader = Lines(file)
    again = run(loader, root)
    assert loader.parsed == ["a:2 a:2 bad"]
    assert (ids(again), again.tally) == ([["a:1", "a:2"], ["a:2"], ["a:3"], ["a:4"]], staged.tally)


def test_parts_of_another_version_of_kgp_are_not_used(file: Path, root: Path) -> None:
    staged = run(Lines(file), root)
    begun = staged.folder / "begun.json"
    begun.write_bytes(orjson.dumps({**orjson.loads(begun.read_bytes()), "program": "0.0.1"}))
    loader = Lines(file)
    run(loader, root)
    assert len(loader.parsed) == 4


def test_a_file_that_changes_while_it_is_read_is_refused(file: Path, root: Path) -> None:
    def before(number: int) -> None:
        if number == 2:
            file.write_text(file.read_text().replace("a:3", "a:9"))

    with pytest.raises(BadInputError, match=r"genes\.txt changed while it was being read"):
        run(Lines(file, before=before), root)
    assert list(stagings(root)) == []


def test_a_file_that_changes_after_its_last_block_is_refused(file: Path, root: Path) -> None:
    class Late(Lines):
        def blocks(self, tally: Tally) -> Iterator[pl.DataFrame]:
            yield from super().blocks(tally)
            file.write_text("a:1")

    with pytest.raises(BadInputError, match="changed while"):
        run(Late(file), root)


def test_a_file_that_goes_while_it_is_read_is_refused(file: Path, root: Path) -> None:
    class Gone(Lines):
        def blocks(self, tally: Tally) -> Iterator[pl.DataFrame]:
            yield from super().blocks(tally)
            file.unlink()

    with pytest.raises(BadInputError, match=r"genes\.txt cannot be read"):
        run(Gone(file), root)


def test_a_file_that_comes_into_a_folder_while_it_is_read_is_a_change(tmp_path: Path) -> None:
    folder = tmp_path / "world"
    folder.mkdir()
    (folder / "genes.txt").write_text("a:1\na:2")

    class World(Lines):
        @property
        def inputs(self) -> dict[str, Path]:
            return {"folder": folder}

    def before(number: int) -> None:
        (folder / "more.txt").write_text("")

    with pytest.raises(BadInputError, match=r"more\.txt changed while"):
        run(World(folder / "genes.txt", before=before), tmp_path / "staging")


def test_a_file_that_is_only_touched_is_no_change(file: Path, root: Path) -> None:
    def before(number: int) -> None:
        os.utime(file, (number, number))

    assert run(Lines(file, before=before), root).tally.rows_in == 9


def test_an_interrupted_load_of_the_former_content_is_told_and_removed(
    file: Path, root: Path
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(Lines(file, before=interrupting(2)), root)
    file.write_text("a:1 a:2\na:7\n")
    step, loader = Notes(), Lines(file)
    staged = run(loader, root, step)
    (note,) = staged.notes
    assert note.startswith(f"{file} changed since a load of primekg was interrupted")
    assert step.texts == [note]
    assert list(stagings(root)) == [staged.folder]
    assert ids(staged) == [["a:1", "a:2"], ["a:7"]]


def test_an_interrupted_load_of_another_source_or_file_stays(file: Path, root: Path) -> None:
    for other in (Lines(file, info=source_info("string")), Lines(file.with_name("other.txt"))):
        other.path.write_text("a:1\na:2\na:3")
        with pytest.raises(KeyboardInterrupt):
            run(Lines(other.path, info=other.info, before=interrupting(1)), root)
    file.write_text("a:5\n")
    assert run(Lines(file), root).notes == ()
    assert len(list(stagings(root))) == 3


def test_a_load_that_another_process_reads_is_busy(file: Path, root: Path) -> None:
    folder = root / Inputs({"kg": file}).identity(source_info("primekg"), {})
    with held(folder):
        with pytest.raises(StoreBusyError, match=rf"PID {os.getpid()}\)"):
            run(Lines(file), root)
        with pytest.raises(StoreBusyError, match=folder.name):
            abort(root)
        assert folder.is_dir()
    assert run(Lines(file), root).folder == folder


def test_an_interrupted_load_that_another_process_continues_is_not_removed(
    file: Path, root: Path
) -> None:
    folder = root / Inputs({"kg": file}).identity(source_info("primekg"), {})
    with pytest.raises(KeyboardInterrupt):
        run(Lines(file, before=interrupting(2)), root)
    with held(folder):
        file.write_text("a:5\n")
        assert run(Lines(file), root).notes == ()
        assert len(list(stagings(root))) == 2


def test_the_use_is_part_of_the_identity_only_where_it_is_stated(file: Path, root: Path) -> None:
    plain = Inputs({"kg": file}).identity(source_info("primekg"), {})
    academic = Inputs({"kg": file}).identity(source_info("primekg"), {}, Use.ACADEMIC)
    assert (
        len(
            {
                plain,
                academic,
                Inputs({"kg": file}).identity(source_info("primekg"), {}, Use.COMMERCIAL),
            }
        )
        == 3
    )
    assert run(Lines(file), root).load_id == plain
    assert run(Lines(file), root, use=Use.ACADEMIC).load_id == academic


def test_a_source_in_one_piece_says_that_dask_does_not_help(file: Path, root: Path) -> None:
    class Plain:
        def __init__(self) -> None:
            self.inputs, self.info, self.batches = {}, source_info("network"), Lines(file).batches

    (note,) = stage(Plain(), root, {}, SilentProgress(), dask="local").notes
    assert note == "network is read in one piece, without Dask."
