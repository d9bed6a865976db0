"""Tables of DESeq2, edgeR and limma: columns recognised, errors derived, what cannot be refused."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from kgp.errors import BadInputError, UsageError
from kgp.kg_schema.batches import Kind
from kgp.loaders.own.columns import recognise_columns
from kgp.loaders.own.results import read_results
from kgp.loaders.registry import build_loader
from tests.unit.loaders.drained import Drained, drain, write

if TYPE_CHECKING:
    from pathlib import Path

DESEQ2 = (
    '"","baseMean","log2FoldChange","lfcSE","stat","pvalue","padj"',
    '"b0001",120.5,2,0.5,4,6.3e-05,0.001',
    '"b0002",10,-1,0.25,-4,6.3e-05,0.001',
    '"b0003",0,NA,NA,NA,NA,NA',
    '"b0004",500,3,1.5,2,NA,NA',
    '"b0005",5,0.1,0.5,0.2,0.84,NA',
)
EDGER = (
    "\tlogFC\tlogCPM\tF\tPValue\tFDR",
    "thrA\t1.5\t7\t30\t0.05\t0.1",
    "thrB\t-2\t6\t50\t0\t0",
    "thrC\t0\t6\t0\t1\t1",
)
LIMMA = (
    "logFC\tAveExpr\tt\tP.Value\tadj.P.Val\tB",
    "ENSG00000141510\t1.5\t7\t3\t0.01\t0.1\t2",
    "ENSG00000012048\t-2\t6\t-8\t0.0001\t0.01\t5",
)


def _load(path: Path, *lines: str, **options: object) -> Drained:
    said = {"perturbed": "crp", "direction": "down"} | options
    return drain("responses", {"results": write(path, *lines)}, **said)


def _signature(found: Drained) -> dict[str, object]:
    (row,) = [r for r in found.rows(Kind.NODES) if r["type"] == "Signature"]
    return row


def _effect(found: Drained) -> dict[str, object]:
    (row,) = found.rows(Kind.EFFECTS)
    return row


def test_deseq2_gives_effects_with_its_own_errors(tmp_path: Path) -> None:
    found = _load(tmp_path / "crp.csv", *DESEQ2)
    effect = _effect(found)
    assert effect["values"] == pytest.approx([2, -1, 0.1])
    assert effect["errors"] == pytest.approx([0.5, 0.25, 0.5])
    assert effect["df"] == np.inf
    features = ["locus_tag:b0001", "locus_tag:b0002", "locus_tag:b0005"]
    assert found.tables[Kind.FEATURES]["id"].to_list() == features
    assert found.rows(Kind.DATASETS)[0]["measure"] == "log2 fold change (DESeq2: log2FoldChange)"


def test_genes_that_deseq2_gives_no_p_value_are_left_out_and_counted(tmp_path: Path) -> None:
    found = _load(tmp_path / "crp.csv", *DESEQ2)
    assert found.tally.rows_in == 5
    assert found.dropped == {"effect is NA": 1, "pvalue is NA": 1}


def test_edger_errors_follow_from_its_p_values(tmp_path: Path) -> None:
    """1.5 at p = 0.05 of a normal distribution is 1.96 standard errors."""
    found = _load(tmp_path / "crp.tsv", *EDGER, taxon="ecoli")
    effect = _effect(found)
    assert effect["values"] == [1.5, -2]
    assert effect["errors"][0] == pytest.approx(1.5 / 1.959964)
    assert 0 < effect["errors"][1] < 0.06
    assert found.dropped == {"no standard error follows from PValue": 1}


def test_df_option_is_the_distribution_of_the_p_values(tmp_path: Path) -> None:
    """With 4 degrees of freedom p = 0.05 is 2.776 standard errors."""
    effect = _effect(_load(tmp_path / "crp.tsv", *EDGER, taxon="ecoli", df="4"))
    assert effect["errors"][0] == pytest.approx(1.5 / 2.776445)
    assert effect["df"] == 4


def test_limma_errors_follow_from_t_and_row_names_need_no_heading(tmp_path: Path) -> None:
    found = _load(tmp_path / "crp.txt", *LIMMA, perturbed="TP53")
    effect = _effect(found)
    assert effect["errors"] == pytest.approx([0.5, 0.25])
    features = ["ensembl:ENSG00000141510", "ensembl:ENSG00000012048"]
    assert found.tables[Kind.FEATURES]["id"].to_list() == features


def test_a_plain_table_without_p_values_gives_no_errors(tmp_path: Path) -> None:
    found = _load(tmp_path / "crp.csv", "gene,effect", "thrA,1", "thrB,-2", taxon="ecoli")
    assert _effect(found)["errors"] is None
    assert _effect(found)["df"] is None
    assert found.rows(Kind.DATASETS)[0]["measure"] == "effect (plain: effect)"


def test_what_is_read_from_where_is_said_before_anything_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "crp.csv", *DESEQ2)
    loader = build_loader("responses", {"results": path}, perturbed="crp", direction="down")
    assert loader.notes == (
        "crp.csv is read as DESeq2 results: gene from gene, effect from log2FoldChange, error from "
        "lfcSE, statistic from stat, p from pvalue; standard errors follow from lfcSE.",
    )


@pytest.mark.parametrize(
    ("names", "tool"),
    [
        (["", "baseMean", "log2FoldChange", "lfcSE", "stat", "pvalue", "padj"], "DESeq2"),
        (["genes", "logFC", "logCPM", "LR", "PValue", "FDR"], "edgeR"),
        (["logFC", "AveExpr", "t", "P.Value", "adj.P.Val", "B"], "limma"),
        (["gene", "effect", "p"], "plain"),
        (["names", "logfoldchanges", "pvals", "pvals_adj"], "plain"),
    ],
)
def test_tools_are_known_by_their_columns(tmp_path: Path, names: list[str], tool: str) -> None:
    assert recognise_columns(tmp_path, names).tool == tool


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("gene,FoldChange,padj", "a,2,0.1"), "no column of effects; it has: gene, FoldChange"),
        (("gene,effect", "thrA,1", "thrB,2", "thrA,3"), "genes more than once: 'thrA'"),
        (("gene,effect,p", "thrA,1,1.5"), "1.5 of gene thrA in column p is not a p-value"),
        (("gene,effect,se", "thrA,1,-2"), "-2 of gene thrA in column se is not a standard error"),
        (("gene,effect,effect", "thrA,1,2"), "columns more than once: 'effect'"),
        (("gene,effect",), "holds no rows"),
        (("gene,effect", "thrA,NA"), "no gene is left"),
    ],
)
def test_bad_table_gets_one_clear_error(tmp_path: Path, lines: tuple[str, ...], said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        _load(tmp_path / "crp.csv", *lines, taxon="ecoli")


def test_versions_of_one_gene_model_are_one_gene(tmp_path: Path) -> None:
    lines = ("gene,effect", "ENSG00000141510.1,1", "ENSG00000141510.2,2")
    with pytest.raises(BadInputError, match=r"ENSG00000141510\.1, ENSG00000141510\.2 mean one"):
        _load(tmp_path / "crp.csv", *lines)


def test_genes_written_unlike_the_others_are_dropped(tmp_path: Path) -> None:
    rows = [f"ENSG{i:011},1" for i in range(1, 20)]
    found = _load(tmp_path / "crp.csv", "gene,effect", *rows, "__no_feature,3")
    assert found.dropped == {"not written as ensembl is": 1}


def test_symbols_of_mouse_are_not_taken_for_human(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="symbols of another species"):
        _load(tmp_path / "crp.csv", "gene,effect", "Trp53,1", "Brca1,2")


def test_human_symbols_and_mouse_symbols_have_prefixes_of_their_own(tmp_path: Path) -> None:
    human = _load(tmp_path / "a.csv", "gene,effect", "TP53,1", perturbed="MYC")
    mouse = _load(tmp_path / "b.csv", "gene,effect", "Trp53,1", perturbed="Myc", taxon="mouse")
    assert human.nodes["hgnc.symbol:TP53"]["name"] == "TP53"
    assert "symbol:Myc" in mouse.nodes
    assert mouse.rows(Kind.DATASETS)[0]["organism"] == "ncbitaxon:10090"


def test_signature_says_what_was_done_where_and_how_much(tmp_path: Path) -> None:
    about = {"context": "MG1655", "dose": "0.5 mM", "time": "2h", "medium": "M9", "name": "mine"}
    found = _load(tmp_path / "crp.csv", *DESEQ2, **about)
    signature = _signature(found)
    assert signature["id"] == "kgp.signature:mine/crp"
    assert (signature["dose"], signature["dose_unit"], signature["time"]) == (0.5, "mM", 2)
    assert (signature["id"], "MEASURED_IN", "ncbitaxon:511145") in found.edges
    assert (signature["id"], "PERTURBS", "symbol:crp") in found.edges
    assert found.nodes["symbol:crp"]["type"] == "Gene"


def test_a_combination_is_one_signature_of_two_genes(tmp_path: Path) -> None:
    found = _load(tmp_path / "x.csv", *DESEQ2, perturbed="crp,b0683", direction="down,up")
    perturbed = [r for r in found.rows(Kind.EDGES) if r["type"] == "PERTURBS"]
    assert {(r["dst"], r["qualifier"]) for r in perturbed} == {
        ("symbol:crp", "-1"),
        ("locus_tag:b0683", "1"),
    }


def test_a_drug_needs_no_direction_and_a_cell_line_is_known(tmp_path: Path) -> None:
    said = {"perturbed": "drugbank:DB00675", "direction": "", "context": "MCF-7"}
    found = _load(tmp_path / "x.csv", *LIMMA, **said)
    assert found.nodes["drugbank:DB00675"]["type"] == "Drug"
    assert found.nodes["cellosaurus:CVCL_0031"]["type"] == "CellLine"


@pytest.mark.parametrize(
    ("context", "taxon", "curie", "kind"),
    [
        ("K-562", "human", "cellosaurus:CVCL_0004", "CellLine"),
        ("BW25113", "ecoli", "ncbitaxon:679895", "Strain"),
        ("my strain", "ecoli", "kgp.strain:my_strain", "Strain"),
        ("ncbitaxon:562", "human", "ncbitaxon:562", "Strain"),
        ("cellosaurus:CVCL_0030", "human", "cellosaurus:CVCL_0030", "CellLine"),
    ],
)
def test_context_is_a_cell_line_or_a_strain(
    tmp_path: Path, context: str, taxon: str, curie: str, kind: str
) -> None:
    found = _load(tmp_path / "crp.csv", *DESEQ2, context=context, taxon=taxon)
    assert found.nodes[curie]["type"] == kind


def test_one_column_of_names_beside_one_of_effects_needs_no_delimiter_in_the_header(
    tmp_path: Path,
) -> None:
    """R's write.table without a heading for the row names."""
    found = _load(tmp_path / "crp.txt", "logFC", "b0001\t2", "b0002\t-1")
    assert _effect(found)["values"] == [2, -1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"perturbed": ""}, "What was perturbed is not stated"),
        ({"direction": ""}, "In which direction crp was perturbed is not stated"),
        ({"direction": "sideways"}, "Unknown direction 'sideways'"),
        ({"direction": "up,down"}, "1 are perturbed, but 2 directions given"),
        ({"dose": "much"}, "dose is 'much'"),
        ({"time": "1.2.3 h"}, r"time is '1\.2\.3 h'"),
        ({"df": "none"}, "Option df is 'none'"),
        ({"replicates": "three"}, "Unknown value of replicates 'three'"),
        ({"identifiers": "sanskrit"}, "Unknown kind of identifier"),
    ],
)
def test_bad_option_gets_one_clear_error(
    tmp_path: Path, options: dict[str, str], said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        _load(tmp_path / "crp.csv", *DESEQ2, **options)


def test_results_need_no_design(tmp_path: Path) -> None:
    inputs = {name: write(tmp_path / f"{name}.csv", *DESEQ2) for name in ("results", "design")}
    with pytest.raises(UsageError, match="is read from results and design"):
        build_loader("responses", inputs, perturbed="crp", direction="down")


@given(
    effect=st.floats(-8, 8).filter(lambda x: abs(x) > 1e-3),
    error=st.floats(0.05, 4),
    df=st.sampled_from([3.0, 12.0, np.inf]),
)
def test_errors_are_the_same_whether_stated_or_implied_by_statistic_or_p(
    tmp_path_factory: pytest.TempPathFactory, effect: float, error: float, df: float
) -> None:
    t = effect / error
    assume(abs(t) < 30)  # beyond, p is smaller than any number that can be written
    p = float(2 * stats.t.sf(abs(t), df))
    folder = tmp_path_factory.mktemp("law")
    read = []
    for column, value in (("se", error), ("t", t), ("p", p)):
        path = write(folder / f"{column}.csv", f"gene,effect,{column}", f"crp,{effect!r},{value!r}")
        read.append(_error_of(path, df))
    assert read == pytest.approx([error] * 3, rel=1e-6)


def _error_of(path: Path, df: float) -> float:
    from kgp.kg_schema.tally import Tally
    from kgp.loaders.own.matrix import read_header

    header = read_header(path)
    rows = read_results(path, header, recognise_columns(path, header.names), df, Tally())
    return float(rows["error"][0])


@given(cut=st.integers(1, 200), noise=st.binary(max_size=6))
def test_damaged_tables_never_end_in_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, cut: int, noise: bytes
) -> None:
    whole = "\n".join(DESEQ2).encode()
    path = tmp_path_factory.mktemp("damaged") / "crp.csv"
    path.write_bytes(whole[:cut] + noise + whole[cut + 3 :])
    with suppress(BadInputError, UsageError):
        found = drain("responses", {"results": path}, perturbed="crp", direction="down")
        assert np.isfinite(_effect(found)["values"]).all()
