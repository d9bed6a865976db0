"""``kgp embed`` as a user runs it: killed and continued, offline, from a file, and refused."""

from __future__ import annotations

import gzip
import os
import pickle
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import kgp
from kgp.api.embed_tasks import EmbedOptions
from kgp.loaders.sample import sample_file
from kgp.platform.encoders import EncoderOptions
from tests import tutorials
from tests.e2e.conftest import KGP, clean_environment
from tests.tiny_models import WORDS, as_in_hub, write_bert

if TYPE_CHECKING:
    from tests.e2e.conftest import Run

MODEL = "kgp-test/tiny-bert"
GENES = ("embed", "sentence-transformers", "--type", "Gene", "--name", "genes", "--device", "cpu")
PAGE = Path(__file__).parents[2] / "docs" / "embeddings.md"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub's cache that holds one tiny model; names of genes are unknown words to it."""
    folder = tmp_path_factory.mktemp("hub")
    model = write_bert(folder / "model", [*WORDS, *(f"##{a}" for a in "ABCDEFG0123456789")])
    as_in_hub(model, MODEL, folder / "cache")
    return folder / "cache"


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of 4,000 genes and 200 drugs."""
    folder = tmp_path_factory.mktemp("named")
    for source, file, rows in (
        ("gene-info", "Homo_sapiens.gene_info.gz", 4_000),
        ("drugbank-vocabulary", "drugbank_vocabulary.csv.gz", 200),
    ):
        with gzip.open(sample_file(file), "rt", encoding="utf-8") as lines:
            head = "".join(line for _, line in zip(range(rows), lines, strict=False))
        (folder / file.removesuffix(".gz")).write_text(head, encoding="utf-8")
        kgp.load(
            source, [folder / file.removesuffix(".gz")], store=f"duckdb:{folder / 'kgp.duckdb'}"
        )
    return folder / "kgp.duckdb"


@pytest.fixture
def store(named: Path, tmp_path: Path) -> str:
    """URL of a copy that the test may change."""
    shutil.copy(named, tmp_path / "kgp.duckdb")
    return f"duckdb:{tmp_path / 'kgp.duckdb'}"


def offline(hub: Path) -> dict[str, str]:
    """What makes Hugging Face's own library look into a cache, and nowhere else."""
    return {"HF_HUB_CACHE": str(hub), "HF_HUB_OFFLINE": "1"}


def vectors(store: str, name: str) -> bytes:
    """Ids and vectors of a set, as bytes."""
    with kgp.open_store(store) as graph:
        parts = [
            "\n".join(batch["id"].to_pylist()).encode()
            + batch["vector"].flatten().to_numpy(zero_copy_only=False).tobytes()
            for batch in graph.scan_vectors(name)
        ]
    return b"".join(parts)


def test_a_run_that_is_killed_continues_and_gives_the_same_bytes(
    run: Run, store: str, hub: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = (*GENES, "--model", MODEL, "--store", store)
    folders = {"KGP_CACHE": str(tmp_path / "killed"), **offline(hub)}
    with subprocess.Popen(
        [str(KGP), *command], env=clean_environment(tmp_path, folders, covered=False)
    ) as process:
        while not (shards := set((tmp_path / "killed").glob("vectors/*/*.npz"))):
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    assert process.returncode == -signal.SIGKILL
    with kgp.open_store(store) as graph:
        assert graph.vector_sets() == []
    times = {shard: shard.stat().st_mtime_ns for shard in shards}
    continued = run(*command, "--progress", "log", env=folders)
    assert continued.code == 0, continued.err
    assert "from the cache" in continued.err
    assert "texts/s" in continued.err
    assert {shard: shard.stat().st_mtime_ns for shard in shards} == times
    monkeypatch.setenv("KGP_CACHE", str(tmp_path / "undisturbed"))
    model = str(hub / f"models--{MODEL.replace('/', '--')}")
    options = EmbedOptions(EncoderOptions(model, device="cpu"), node_type="Gene", name="whole")
    (whole,) = kgp.embed(store, ["sentence-transformers"], options=options)
    assert not whole.repeated
    assert vectors(store, "whole") == vectors(store, "genes")


def test_a_model_of_the_hubs_cache_is_found_by_its_name_without_a_network(
    run: Run, store: str, hub: Path
) -> None:
    done = run(
        *("embed", "biobert", "--model", MODEL, "--property", "name", "--type", "Drug"),
        *("--store", store, "--precision", "bfloat16", "--json"),
        env=offline(hub),
    )
    assert done.code == 0, done.err
    (found,) = done.json
    assert found["vectors"]["name"] == "biobert_name_drug"
    assert found["vectors"]["pooling"] == "mean"
    assert found["vectors"]["revision"].startswith(f"{MODEL} sha256:")
    assert " bfloat16 " in found["vectors"]["revision"]


@pytest.mark.parametrize(
    ("arguments", "message", "advice"),
    [
        (["molformer"], "is not on this machine", "Try: hf download ibm/MoLFormer-XL-both-10pct"),
        (
            ["protein-bert", "--model", "weights"],
            "no model folder 'weights'",
            "Try: hf download unikei/bert-base-proteins --local-dir weights",
        ),
        (["minilm", "--device", "gpu"], "Unknown device 'gpu'", "cpu"),
        (["morgan", "--device", "cuda"], "does not go with morgan", "compute on the CPU"),
        (["--from", "vectors.npy"], "--from loads vectors", "--name NAME"),
        (
            ["--from", "vectors.npy", "--name", "mine", "--device", "cuda"],
            "--device cuda does not go with --from",
            "--prefix",
        ),
        (["--from", "bad.pkl", "--name", "mine"], "calls posix.system", "Try: kgp embed --from"),
        (["--from", "bad.pkl", "--name", "../mine"], "cannot be the name", "letters"),
    ],
)
def test_bad_input_is_one_clear_error(
    run: Run,
    store: str,
    hub: Path,
    tmp_path: Path,
    arguments: list[str],
    message: str,
    advice: str,
) -> None:
    class Malicious:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {tmp_path / 'ran'}",)

    (tmp_path / "bad.pkl").write_bytes(pickle.dumps({"a": Malicious()}))
    done = run("embed", *arguments, "--store", store, env=offline(hub))
    assert done.code in {2, 3}, done.err
    assert message in done.err
    assert advice in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "ran").exists()
    with kgp.open_store(store) as graph:
        assert graph.vector_sets() == []


def test_vectors_of_a_file_are_matched_by_name_and_counted(
    run: Run, store: str, tmp_path: Path
) -> None:
    stored = {"Biotin": np.ones((2, 4), np.float32), "nothing": np.ones((2, 4), np.float32)}
    (tmp_path / "lm.pickle").write_bytes(pickle.dumps(stored))
    done = run("embed", "--from", "lm.pickle", "--name", "lm", "--store", store)
    assert done.code == 0, done.err
    assert "1 of 2 ids mean a node; 1 mean none ('nothing')" in done.out


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from kgp.cli import run\n"
        "sys.argv = ['kgp', 'embed', '--help']\n"
        "try:\n    run()\nexcept SystemExit:\n    pass\n"
        "heavy = {'torch', 'transformers', 'numpy', 'pyarrow', 'rdkit'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "--precision" in done.stdout


def test_the_page_prints_what_it_shows(tmp_path: Path) -> None:
    for step in tutorials.steps(PAGE.read_text("utf-8")):
        code, printed, errors = tutorials.run(step, tmp_path)
        assert code == 0, f"{step.command}\n{errors}"
        assert tutorials.matches(printed, step.printed), f"{step.command} prints\n{printed}"
