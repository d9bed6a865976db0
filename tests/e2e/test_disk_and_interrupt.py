"""A full disk and Ctrl-C in the middle of a load: the graph is as it was before."""

from __future__ import annotations

import resource
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import kgp
from kgp.loaders.sample import sample_file
from tests.e2e.conftest import KGP, clean_environment

if TYPE_CHECKING:
    from tests.e2e.conftest import Run

KG = "kg.csv.gz"


@pytest.fixture
def small(run: Run, built: Path, tmp_path: Path) -> str:
    """URL of a store that holds the synthetic bacterium only."""
    assert run("load", "ecocyc", built / "ecocyc-synthetic").code == 0
    return f"duckdb:{tmp_path / 'kgp.duckdb'}"


def _fingerprint(store: str) -> str:
    with kgp.open_store(store) as graph:
        return graph.fingerprint()


@pytest.mark.parametrize("size", [100_000, 2_000_000], ids=["while reading", "while publishing"])
def test_disk_that_is_full(run: Run, small: str, tmp_path: Path, built: Path, size: int) -> None:
    before = _fingerprint(small)

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    done = run("load", "primekg", sample_file(KG), before=limit)
    assert done.code == 4, done.err
    assert done.err.count("kgp: ") == 1
    assert "Free some space" in done.err
    assert "Traceback" not in done.err
    assert _fingerprint(small) == before
    assert list(Path(f"{small.partition(':')[2]}.staging").glob("*/begun.json"))
    again = run("load", "primekg", sample_file(KG), "--json")
    assert again.code == 0, again.err
    assert _fingerprint(small) == _loaded_at_once(run, built, tmp_path)


def _loaded_at_once(run: Run, built: Path, folder: Path) -> str:
    """The fingerprint of both sources in a store that nothing disturbed."""
    store = f"duckdb:{folder / 'undisturbed.duckdb'}"
    for source, file in (("ecocyc", built / "ecocyc-synthetic"), ("primekg", sample_file(KG))):
        assert run("load", source, file, "--store", store).code == 0
    return _fingerprint(store)


def test_device_without_space(run: Run, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    unshare = shutil.which("unshare")
    mount = f"mount -t tmpfs -o size=1m tmpfs {disk}"
    if not unshare or subprocess.run([unshare, "-rm", "sh", "-c", mount], check=False).returncode:
        pytest.skip("a small file system of its own cannot be mounted here")
    load = f"{KGP} load primekg {sample_file(KG)} --store duckdb:{disk}/kgp.duckdb"
    done = subprocess.run(
        [unshare, "-rm", "sh", "-c", f"{mount} && {load}"],
        env=clean_environment(tmp_path),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    assert "No space left on device" in done.stderr


def test_standard_output_that_is_full(run: Run, store: str, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("has no /dev/full")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [str(KGP), "stats", "--store", store],
            env=clean_environment(tmp_path),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 4
    assert "is full: No space left on device" in done.stderr


def test_reader_that_has_seen_enough(store: str, tmp_path: Path) -> None:
    with subprocess.Popen(
        [str(KGP), "grn", "show", "trrust", "--json", "--store", store],
        env=clean_environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.read(1) == b"["
        writer.stdout.close()
        assert writer.stderr is not None
        said = writer.stderr.read()
    assert (writer.returncode, said) == (0, b"")


@pytest.mark.parametrize("moment", ["read primekg", "staged"])
def test_interrupted_load_leaves_the_graph_and_continues(
    run: Run, small: str, tmp_path: Path, moment: str
) -> None:
    before = _fingerprint(small)
    staging = Path(small.partition(":")[2] + ".staging")
    with subprocess.Popen(
        [str(KGP), "load", "primekg", str(sample_file(KG))],
        cwd=tmp_path,
        env=clean_environment(tmp_path, covered=False),
        stderr=subprocess.PIPE,
        text=True,
    ) as loading:
        pattern = "*/*" if moment == "read primekg" else "*/load.json"
        while loading.poll() is None and not list(staging.glob(pattern)):
            time.sleep(0.001)
        loading.send_signal(signal.SIGINT)
        said = loading.communicate()[1]
    assert loading.returncode == 130, said
    assert said.endswith("Interrupted; what was not finished left the graph as it was.\n")
    assert "Traceback" not in said
    assert _fingerprint(small) == before
    again = run("load", "primekg", sample_file(KG), "--json")
    assert again.json["rows_kept"] == again.json["rows_in"]
    assert not list(staging.glob("*"))


@pytest.mark.parametrize("command", ["refine", "snapshot", "embed"])
def test_interrupted_command_changes_nothing(small: str, tmp_path: Path, command: str) -> None:
    arguments = {
        "refine": ["refine", "synthetic-bacterium", "--planted", "0.3", "--write"],
        "snapshot": ["snapshot", "out"],
        "embed": ["embed"],
    }[command]
    before = _fingerprint(small)
    with subprocess.Popen(
        [str(KGP), *arguments],
        cwd=tmp_path,
        env=clean_environment(tmp_path, covered=False),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as working:
        time.sleep(0.3)
        working.send_signal(signal.SIGINT)
        said = working.communicate()[1]
    assert working.returncode == 130, said
    assert "Traceback" not in said
    assert _fingerprint(small) == before
