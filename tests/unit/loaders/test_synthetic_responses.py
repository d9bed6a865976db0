"""Synthetic responses through their formats: what is read back is what the mechanism says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from scipy import stats

from kgp.kg_schema.batches import Kind
from kgp.loaders.registry import build_loader
from kgp.loaders.synthetic.mark import is_synthetic
from kgp.loaders.synthetic.responses import Treatment
from kgp.loaders.synthetic.responses_bacterium import bacterial_screen
from kgp.loaders.synthetic.responses_formats import RESPONSES
from kgp.loaders.synthetic.responses_screen import (
    drug_treatments,
    genetic_treatments,
    kinetic_screen,
)
from kgp.models.labelled import scan_labelled
from kgp.models.labels import DOWN, UP, Rule
from kgp.platform.staging import stage
from kgp.progress import SilentProgress
from kgp.testing.memory.store import MemoryStore
from tests.unit.loaders.synthetic_worlds import read_back, tiny, written

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.loaders.drained import Drained

NAMES = [row[0] for row in RESPONSES]


def perturbed(result: Drained) -> dict[str, list[str]]:
    """Signature → what it perturbs."""
    found: dict[str, list[str]] = {}
    for src, kind, dst in result.edges:
        if kind == "PERTURBS":
            found.setdefault(src, []).append(dst)
    return found


def effects_of(result: Drained) -> dict[str, dict[str, float]]:
    """Signature → feature → effect."""
    features = [row["id"] for row in result.rows(Kind.FEATURES)]
    return {
        row["signature"]: dict(
            zip(
                features if row["features"] is None else [features[i] for i in row["features"]],
                row["values"],
                strict=True,
            )
        )
        for row in result.rows(Kind.EFFECTS)
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_file_says_that_it_is_synthetic_and_repeats_byte_by_byte(name: str) -> None:
    with written(tiny(4), name) as one, written(tiny(4), name) as again:
        assert {role: path.read_bytes() for role, path in one.items()} == {
            role: path.read_bytes() for role, path in again.items()
        }
        assert all(is_synthetic(path) for path in one.values())


@pytest.mark.parametrize("name", ["lincs-level3", "lincs-level5", "perturb-seq", "own-counts"])
def test_another_seed_gives_another_experiment(name: str) -> None:
    with written(tiny(4), name) as one, written(tiny(5), name) as other:
        role = next(iter(one))
        assert one[role].read_bytes() != other[role].read_bytes()


@pytest.mark.parametrize("name", ["limma", "deseq2", "edger", "own-expression", "own-counts"])
def test_an_experiment_measures_the_responses_of_the_knock_out(name: str) -> None:
    world = tiny(2)
    screen = kinetic_screen(world)
    true = dict(
        zip("ensembl:" + screen.genes["ensembl"], screen.change(Treatment((0,))), strict=True)
    )
    result = read_back(world, name)
    signature = next(s for s, genes in perturbed(result).items() if "SYNTF0" in genes[0])
    effects = effects_of(result)[signature]
    seen = [(effects[gene], true[gene]) for gene in effects if np.isfinite(effects[gene])]
    measured, expected = np.array(seen).T
    assert len(seen) > 0.9 * len(true)
    assert np.corrcoef(measured, expected)[0, 1] > 0.7


def test_plates_measure_what_drugs_do_to_the_network() -> None:
    world = tiny(2)
    screen = kinetic_screen(world)
    for name in ("lincs-level3", "lincs-level3-gct"):
        result = read_back(world, name)
        drugs = drug_treatments(world)
        assert len({genes[0] for genes in perturbed(result).values()}) == len(drugs)
        place = dict(zip("ncbigene:" + screen.genes["entrez"], range(world.n_coding), strict=True))
        for signature, (drug,) in perturbed(result).items():
            true = screen.change(drugs[int(drug.removeprefix("lincs.brd:BRD-K")) - 90_000_000])
            effects = effects_of(result)[signature]
            off = [effects[gene] - true[place[gene]] for gene in effects]
            assert np.sqrt(np.mean(np.square(off))) < 0.5


def test_precise_knocks_out_single_regulators_and_a_pair_in_both_conditions() -> None:
    world = tiny(2)
    result = read_back(world, "precise")
    sizes = sorted(len(genes) for genes in perturbed(result).values())
    assert sizes == [1] * 16 + [2] * 2
    tags = set("locus_tag:" + bacterial_screen(world).genes["tag"])
    assert {gene for genes in perturbed(result).values() for gene in genes} <= tags


def test_perturb_seq_has_singles_and_pairs_of_knock_downs() -> None:
    world = tiny(2)
    result = read_back(world, "perturb-seq")
    sets = {tuple(sorted(genes)) for genes in perturbed(result).values()}
    assert len(sets) == len({each.genes for each in genetic_treatments(world)})


# --------------------------------------------------------------------------- false discoveries

N_GENES, N_SAMPLES, ALPHA = 1_500, 3, 0.05


def null_files(folder: Path, kind: str, seed: int) -> dict[str, Path]:
    """Four conditions of which nothing differs, as a matrix with a design."""
    from kgp.loaders.synthetic.responses import make_assay

    random = np.random.default_rng(seed)
    assay, nothing = make_assay(N_GENES, random), np.zeros(N_GENES)
    conditions = ["wt", "a", "b", "c"]
    drawn = [getattr(assay, kind)(nothing, N_SAMPLES, random) for _ in conditions]
    samples = [f"{name}{i}" for name in conditions for i in range(N_SAMPLES)]
    table = pl.DataFrame(np.concatenate(drawn).T, schema=samples)
    table.insert_column(0, pl.Series("gene_id", [f"ENSG{n:011}" for n in range(N_GENES)]))
    table.write_csv(folder / f"{kind}.csv")
    design = {"sample": samples, "condition": np.repeat(conditions, N_SAMPLES).tolist()}
    target = {"wt": "", "a": "TP53", "b": "MYC", "c": "E2F1"}
    rows = pl.DataFrame(design).with_columns(
        perturbed=pl.col("condition").replace_strict(target), direction=pl.lit("down")
    )
    rows.write_csv(folder / "design.csv")
    role = {"logs": "expression", "counts": "counts"}[kind]
    return {role: folder / f"{kind}.csv", "design": folder / "design.csv"}


def through_a_store(files: dict[str, Path], folder: Path) -> MemoryStore:
    store = MemoryStore()
    with SilentProgress().step("stage") as step:
        store.publish(stage(build_loader("responses", files, name="null"), folder / "s", {}, step))
    return store


@pytest.mark.parametrize("kind", ["logs", "counts"])
def test_null_experiments_give_uniform_p_values_and_no_more_false_labels_than_nominal(
    kind: str, tmp_path: Path
) -> None:
    store = through_a_store(null_files(tmp_path, kind, seed=7), tmp_path)
    rule = Rule("moderated", ALPHA, min_effect=0.05)
    labels = list(scan_labelled(store, "null", rule))
    df = np.concatenate([b.column("df").to_numpy() for b in store.scan_effects("null")])
    assert len(labels) == 3
    false = sum(int(np.isin(each.labels.label, (UP, DOWN)).sum()) for each in labels)
    assert false <= ALPHA * len(labels) * N_GENES / 100
    p = [
        2 * stats.t.sf(np.abs(each.effect / each.error), degrees)
        for each, degrees in zip(labels, df, strict=True)
    ]
    # The contrasts share their controls, so each is looked at by itself.
    for values in (each[np.isfinite(each)] for each in p):
        assert (values < ALPHA).mean() < 2 * ALPHA
        assert np.abs(np.histogram(values, 10, (0, 1))[0] / len(values) - 0.1).max() < 0.05
