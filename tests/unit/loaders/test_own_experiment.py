"""Matrices with a design: DESeq2 for counts, moderated contrasts for logarithms."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from kgp.errors import BadInputError, MissingExtraError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.loaders.moderation import contrast
from kgp.loaders.registry import assign_roles, build_loader
from tests.unit.loaders.drained import Drained, drain, write

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

SAMPLES = ("w1", "w2", "w3", "d1", "d2", "d3")
DESIGN = tuple(f"{name},{'wt' if name[0] == 'w' else 'delcrp'}" for name in SAMPLES)
CRP = {"perturbed": "crp", "direction": "down"}


def _counts(n_genes: int = 60, *, batch: float = 1.0, seed: int = 0) -> NDArray[np.int64]:
    """Counts [n_genes, 6]: the first five genes are four times as high in d1 … d3.

    The second and third sample of each group are of a batch that is ``batch`` times as high in
    every tenth gene.
    """
    rng = np.random.default_rng(seed)
    mean = np.repeat(rng.uniform(50, 500, n_genes)[:, None], len(SAMPLES), axis=1)
    mean[:5, 3:] *= 4
    mean[::10, [1, 2, 4, 5]] *= batch
    return rng.negative_binomial(50, 50 / (50 + mean))


def _matrix(path: Path, values: NDArray[np.float64], samples: tuple[str, ...] = SAMPLES) -> Path:
    rows = [f"b{i + 1:04}," + ",".join(map(str, row)) for i, row in enumerate(values.tolist())]
    return write(path, "," + ",".join(samples), *rows)


def _design(path: Path, *rows: str, header: str = "sample,condition") -> Path:
    return write(path, header, *(rows or DESIGN))


def _effects(found: Drained) -> list[dict[str, object]]:
    return found.rows(Kind.EFFECTS)


def _signatures(found: Drained) -> list[dict[str, object]]:
    return [r for r in found.rows(Kind.NODES) if r["type"] == "Signature"]


# Log expression


def _expression(
    tmp_path: Path, values: NDArray[np.float64], *rows: str, **options: object
) -> Drained:
    header = str(options.pop("header", "sample,condition"))
    inputs = {
        "expression": _matrix(tmp_path / "expression.csv", values),
        "design": _design(tmp_path / "design.csv", *rows, header=header),
    }
    return drain("responses", inputs, **(CRP | options))


def _logs(seed: int = 1) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(8, 0.5, (40, 6)).round(4)


def test_log_expression_gives_the_moderated_contrast(tmp_path: Path) -> None:
    values = _logs()
    (effect,) = _effects(_expression(tmp_path, values))
    expected = contrast(values[:, 3:].T, values[:, :3].T)
    assert effect["values"] == pytest.approx(expected.effect, abs=1e-6)
    assert effect["errors"] == pytest.approx(expected.error, rel=1e-5)
    assert effect["df"] == pytest.approx(expected.df, rel=1e-5)


def test_samples_and_controls_are_kept_with_the_response(tmp_path: Path) -> None:
    (signature,) = _signatures(_expression(tmp_path, _logs(), name="mine"))
    assert signature["id"] == "kgp.signature:mine/delcrp"
    assert signature["condition"] == "delcrp"
    assert signature["samples"] == ["d1", "d2", "d3"]
    assert signature["controls"] == ["w1", "w2", "w3"]
    assert (signature["n_replicates"], signature["n_controls"]) == (3, 3)
    assert len(str(signature["control_set"])) == 12


def test_a_balanced_batch_changes_no_effect_and_shrinks_the_errors(tmp_path: Path) -> None:
    """Every batch holds one of each: means differ by the same; the batch's noise goes."""
    values = _logs()
    values[:, [1, 4]] += 3
    values[:, [2, 5]] -= 2
    rows = [f"{row},{name[1]}" for row, name in zip(DESIGN, SAMPLES, strict=True)]
    (plain,) = _effects(_expression(tmp_path, values))
    (adjusted,) = _effects(_expression(tmp_path, values, *rows, header="sample,condition,batch"))
    assert adjusted["values"] == pytest.approx(plain["values"], abs=1e-5)
    assert np.median(adjusted["errors"]) < np.median(plain["errors"]) / 2


def test_two_conditions_are_two_responses_to_what_the_design_names(tmp_path: Path) -> None:
    rows = ("w1,wt,,", "w2,wt,,", "w3,wt,,", "d1,a,crp,down", "d2,a,crp,down", "d3,b,fur+fis,up")
    found = _expression(
        tmp_path,
        _logs(),
        *rows,
        header="sample,condition,perturbed,direction",
        replicates="none",
        perturbed="",
        direction="",
    )
    perturbed = {(r["src"], r["dst"], r["qualifier"]) for r in found.rows(Kind.EDGES)}
    assert perturbed == {
        ("kgp.signature:expression/a", "symbol:crp", "-1"),
        ("kgp.signature:expression/b", "symbol:fur", "1"),
        ("kgp.signature:expression/b", "symbol:fis", "1"),
    }
    assert [row["errors"] for row in _effects(found)] == [None, None]


# Counts


def _counted(tmp_path: Path, values: NDArray[np.int64], *rows: str, **options: object) -> Drained:
    header = str(options.pop("header", "sample,condition"))
    inputs = {
        "counts": _matrix(tmp_path / "counts.csv", values),
        "design": _design(tmp_path / "design.csv", *rows, header=header),
    }
    return drain("responses", inputs, **(CRP | options))


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Drained:
    pytest.importorskip("pydeseq2")
    values = _counts()
    values[-1] = 0
    return _counted(tmp_path_factory.mktemp("counts"), values)


def test_counts_give_the_fold_changes_of_deseq2(counted: Drained) -> None:
    (effect,) = _effects(counted)
    values, errors = np.array(effect["values"]), np.array(effect["errors"])
    assert values[:5].mean() == pytest.approx(2, abs=0.3)
    assert np.abs(values[5:]).max() < 1
    assert (errors > 0).all()
    assert effect["df"] == np.inf


def test_genes_without_counts_are_left_out_and_counted(counted: Drained) -> None:
    assert counted.tally.rows_in == 60
    assert counted.dropped == {"no counts, or one far out in every condition": 1}
    assert counted.tables[Kind.FEATURES].height == len(_effects(counted)[0]["values"]) == 59


def test_a_gene_with_one_count_far_out_is_left_out(tmp_path: Path) -> None:
    """DESeq2 finds it by Cook's distance and gives it no p-value."""
    pytest.importorskip("pydeseq2")
    values = _counts(30)
    values[20, 0] = 10**6
    found = _counted(tmp_path, values)
    assert "locus_tag:b0021" not in found.tables[Kind.FEATURES]["id"].to_list()
    assert found.tables[Kind.FEATURES].height == 29


def test_errors_of_deseq2_are_in_the_units_of_its_effects(counted: Drained) -> None:
    """Three against three at a dispersion of 0.02: about sqrt(2/3 (1/mean + 0.02)) / ln 2."""
    errors = np.array(_effects(counted)[0]["errors"])
    assert np.median(errors) == pytest.approx(
        np.sqrt(2 / 3 * (1 / 250 + 0.02)) / np.log(2), rel=0.3
    )


def test_batches_are_a_covariate_of_counts(tmp_path: Path) -> None:
    pytest.importorskip("pydeseq2")
    values = _counts(batch=6)
    batches = [f"{row},{name[1]}" for row, name in zip(DESIGN, SAMPLES, strict=True)]
    batches = [row if row.endswith("1") else row[:-1] + "2" for row in batches]
    (plain,) = _effects(_counted(tmp_path, values))
    (adjusted,) = _effects(_counted(tmp_path, values, *batches, header="sample,condition,batch"))
    struck = slice(10, None, 10)
    assert np.mean(adjusted["errors"][struck]) < np.mean(plain["errors"][struck]) / 2


def test_counts_without_replicates_give_effects_without_errors_where_asked(tmp_path: Path) -> None:
    values = np.array([[99, 99, 99, 399, 399, 399], [901, 901, 901, 601, 601, 601], [0] * 6])
    found = _counted(tmp_path, values, "w1,wt", "d1,delcrp", replicates="none")
    (effect,) = _effects(found)
    assert effect["values"] == pytest.approx([np.log2(399.5 / 99.5), np.log2(601.5 / 901.5)])
    assert effect["errors"] is None
    assert found.tables[Kind.FEATURES].height == 2


def test_missing_pydeseq2_is_one_clear_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pydeseq2.dds", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'kgp\[counts\]'"):
        _counted(tmp_path, _counts())


# Bad input


@pytest.mark.parametrize(
    ("rows", "header", "said"),
    [
        (("w1,wt", "d1,delcrp"), "sample,condition", "condition 'wt' has one sample"),
        (("w1,wt", "w2,wt", "d1,x"), "sample,condition", "condition 'x' has one sample"),
        (("w1,wt", "w1,wt"), "sample,condition", "lists sample 'w1' more than once"),
        (("w1,a", "w2,a", "d1,b", "d2,b"), "sample,condition", "no one control; .* a, b"),
        (("w1,wt", "w2,wt"), "sample,condition", "no condition but the control"),
        (("w1,wt", "w2,wt", "x,d", "y,d"), "sample,condition", "has no sample 'x'; it has: w1"),
        (("w1,1",), "sample,genotypes", "has no column 'condition'"),
        (
            ("w1,wt,1", "w2,wt,1", "d1,d,2", "d2,d,2"),
            "sample,condition,batch",
            "cannot be told apart",
        ),
        (
            ("w1,wt,", "w2,wt,", "d1,d,fur", "d2,d,crp"),
            "sample,condition,perturbed",
            "perturbed of condition 'd' is",
        ),
    ],
)
def test_bad_design_gets_one_clear_error(
    tmp_path: Path, rows: tuple[str, ...], header: str, said: str
) -> None:
    with pytest.raises(BadInputError, match=said):
        _expression(tmp_path, _logs(), *rows, header=header)


def test_batches_that_leave_nothing_over_are_refused(tmp_path: Path) -> None:
    rows = ("w1,wt,1", "w2,wt,2", "d1,d,1", "d2,d,3")
    with pytest.raises(BadInputError, match="4 samples for 4 conditions and batches"):
        _expression(tmp_path, _logs(), *rows, header="sample,condition,batch")


def test_a_control_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Unknown condition 'mock'"):
        _expression(tmp_path, _logs(), control="mock")


def test_another_condition_can_be_the_control(tmp_path: Path) -> None:
    (signature,) = _signatures(_expression(tmp_path, _logs(), control="delcrp"))
    assert signature["samples"] == ["w1", "w2", "w3"]


def test_conditions_need_to_say_what_they_perturb(tmp_path: Path) -> None:
    rows = ("w1,wt", "w2,wt", "d1,a", "d2,a", "w3,b", "d3,b")
    with pytest.raises(UsageError, match="does not say what is perturbed in condition 'a'"):
        _expression(tmp_path, _logs(), *rows)


def test_logarithms_taken_for_counts_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"is not a count \(240 such values\)") as caught:
        _counted(tmp_path, _logs())
    assert "look like logarithms" in caught.value.hint


def test_estimated_counts_have_to_be_rounded(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"100\.5 of gene b0001") as caught:
        _counted(tmp_path, _counts() * 1.0 + np.eye(60, 6) * (100.5 - _counts()))
    assert "Round estimated counts" in caught.value.hint


def test_counts_taken_for_logarithms_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="these are no logarithms") as caught:
        _expression(tmp_path, _counts())
    assert caught.value.command == "kgp load responses counts=expression.csv design=FILE"


def test_a_sample_without_counts_is_refused(tmp_path: Path) -> None:
    values = _counts()
    values[:, 1] = 0
    with pytest.raises(BadInputError, match="sample 'w2' has no counts"):
        _counted(tmp_path, values)


def test_a_matrix_needs_a_design(tmp_path: Path) -> None:
    path = _matrix(tmp_path / "counts.csv", _counts())
    with pytest.raises(UsageError, match="is read from counts"):
        build_loader("responses", {"counts": path}, **CRP)


def test_bare_files_find_their_roles(tmp_path: Path) -> None:
    paths = [
        str(_matrix(tmp_path / "raw_counts.tsv", _counts())),
        str(_design(tmp_path / "design.csv")),
        str(write(tmp_path / "crp_vs_wt.csv", "gene,effect", "crp,1")),
    ]
    assert list(assign_roles("responses", paths[:2])) == ["counts", "design"]
    assert list(assign_roles("responses", paths[2:])) == ["results"]


def test_what_is_compared_is_said_before_anything_is_read(tmp_path: Path) -> None:
    inputs = {
        "counts": _matrix(tmp_path / "counts.csv", _counts()),
        "design": _design(tmp_path / "design.csv"),
    }
    loader = build_loader("responses", inputs, **CRP)
    assert loader.notes == ("design.csv: delcrp (3) against wt (3 samples).",)
