"""A store that the real command line has built once, and a way to run that command line."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pytest

import kgp
from kgp.loaders.sample import sample_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

KGP = Path(sys.executable).with_name("kgp")

WORLD = """\
[[load]]
source = "gene-info"
files = ["Homo_sapiens.gene_info.gz"]
version = "2015-06"

[[load]]
source = "drugbank-vocabulary"
files = ["drugbank_vocabulary.csv.gz"]

[[load]]
source = "lincs-compounds"
files = { pertinfo = "pertinfo.tsv.gz", drugs = "drugbank_vocabulary.csv.gz" }

[[load]]
source = "bindingdb"
files = ["bindingdb_drug_gene.tsv.gz"]

[[load]]
source = "lincs"
files = ["consensus_drugbank_978.tsv.gz"]

[[load]]
source = "lincs-overexpression"
files = ["dysreg_overexpression.tsv.gz", "dysreg_overexpression_summary.tsv.gz"]

[[load]]
source = "trrust"
files = ["trrust_hs.tsv.gz"]
version = "2"

[[load]]
source = "ecocyc"
files = ["ecocyc-synthetic"]
name = "synthetic-bacterium"
"""
"""A part of the packaged sample that every command can work on."""


@dataclass(frozen=True, slots=True)
class Completed:
    """How one run of the command line ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.out)


class Run(Protocol):
    """Runs ``kgp`` with arguments; paths may be given as they are."""

    def __call__(
        self,
        *arguments: str | Path,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        before: Callable[[], None] | None = None,
        covered: bool = True,
    ) -> Completed: ...


def clean_environment(
    folder: Path, more: Mapping[str, str] | None = None, *, covered: bool = True
) -> dict[str, str]:
    """The environment of a user who has set nothing of kgp; the log goes to ``folder``.

    Without ``covered`` no coverage is measured: its own files would not fit on a full disk.
    """
    foreign = ("KGP_",) if covered else ("KGP_", "COVERAGE_", "COV_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    own = {"KGP_LOGS": str(folder / "logs"), "KGP_CACHE": str(folder / "cache")}
    return kept | own | {"KGP_BUSY_WAIT": "0.1", **(more or {})}


def run_kgp(
    folder: Path,
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    before: Callable[[], None] | None = None,
    covered: bool = True,
) -> Completed:
    """Run the installed ``kgp`` script.

    Args:
        folder: its log and cache go there.
        arguments: of the command line.
        cwd: where it runs; by default ``folder``.
        env: more of its environment.
        before: runs in the child, before it starts.
        covered: whether coverage is measured, which makes it slower.
    """
    done = subprocess.run(
        [str(KGP), *map(str, arguments)],
        cwd=cwd or folder,
        env=clean_environment(folder, env, covered=covered and before is None),
        capture_output=True,
        encoding="utf-8",
        check=False,
        stdin=subprocess.DEVNULL,
        preexec_fn=before,
    )
    return Completed(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run ``kgp`` in an empty folder of the test's own."""

    def call(*arguments: str | Path, **more: Any) -> Completed:
        return run_kgp(tmp_path, *arguments, **more)

    return call


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with ``kgp.duckdb``, made once for all test processes: loaded, embedded, refined."""
    root = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        root = root.parent
    folder = root / "built"
    with (root / "built.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _build(root / "building")
            (root / "building").rename(folder)
    return folder


def _build(folder: Path) -> None:
    folder.mkdir()
    (folder / "world.toml").write_text(WORLD)
    for path in sample_file("world.toml").parent.glob("*.gz"):
        shutil.copy(path, folder)
    shutil.copytree(sample_file("ecocyc-synthetic"), folder / "ecocyc-synthetic")
    planted = ("--planted", "0.1", "--seed", "7", "--max-length", "1", "--write", "--json")
    for name, arguments in {
        "load": ("load", "--world", "world.toml", "--progress", "log"),
        "embed": ("embed", "morgan", "--json"),
        "audit": ("grn", "audit", "trrust", "--responses", "lincs-overexpression", "--json"),
        "refine": ("refine", "trrust", *planted),
    }.items():
        done = run_kgp(folder, *arguments)
        assert done.code == 0, f"kgp {' '.join(arguments)}\n{done.err}"
        (folder / f"{name}.out").write_text(done.out)
        (folder / f"{name}.err").write_text(done.err)


@pytest.fixture(scope="session")
def store(built: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """URL of this test process's copy of the built store; tests only read it."""
    path = tmp_path_factory.mktemp("store") / "kgp.duckdb"
    shutil.copy(built / "kgp.duckdb", path)
    return f"duckdb:{path}"


@pytest.fixture
def own_store(store: str, tmp_path: Path) -> str:
    """URL of a copy of the built store that the test may change."""
    path = tmp_path / "own.duckdb"
    shutil.copy(store.partition(":")[2], path)
    return f"duckdb:{path}"


@pytest.fixture
def unchanged(store: str) -> Iterator[str]:
    """URL of a store whose content must be the same after the test."""
    before = _content(store)
    yield store
    assert _content(store) == before


def _content(store: str) -> tuple[str, object]:
    with kgp.open_store(store) as graph:
        return graph.fingerprint(), graph.counts()
