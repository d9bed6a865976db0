"""The account of every response file among the real data extracts, in one graph.

Identifier tables, a knowledge graph and a network come first, so that "known" has a meaning:
features and drugs that another source speaks of too.

    python -m benchmarks.response_accounts [--json docs/response_accounts.json]
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.accounts import Extract, load_extract
from benchmarks.harness import parser
from kgp.api.responses import response_stats
from kgp.api.stores import open_store

DOCS = Path(__file__).parents[1] / "docs" / "response_accounts.json"

GRAPH = (
    Extract("gene-info", ("identifiers/Homo_sapiens.gene_info.gz",)),
    Extract("lincs-compounds", ("lincs/pertinfo.tsv.gz",)),
    Extract("primekg", ("primekg/kg_open.csv.gz",), {"title": "kg_open"}),
    Extract("primekg-attributes", ("primekg/drug_features.tsv.gz",)),
    Extract("locus-tags", ("ecocyc/precise1k_gene_info.csv.gz",)),
    Extract("ecocyc-network", ("ecocyc/ECOLI-regulatory-network.txt",)),
)
"""What the response sets are held against."""

RESPONSES = (
    Extract("lincs", ("lincs/consensus_drugbank_978.tsv.gz",), {"name": "consensus"}),
    Extract(
        "lincs-overexpression",
        ("lincs/dysreg_overexpression.tsv.gz", "lincs/dysreg_overexpression_summary.tsv.gz"),
        {"name": "overexpression"},
    ),
    Extract(
        "lincs-signatures",
        ("lincs/modzs_n272x978.gctx", "lincs/cellinfo.tsv.gz", "lincs/geneinfo.tsv.gz"),
        {"name": "modzs"},
    ),
    Extract("lincs-signatures", ("lincs/level5_n100x12328.h5",), {"name": "level5"}),
    Extract(
        "lincs-plates",
        (
            "lincs/LJP009_A375_24H_X1_B20_QNORM_n371x978.gct.gz",
            "lincs/cellinfo.tsv.gz",
            "lincs/geneinfo.tsv.gz",
        ),
        {"name": "ljp009"},
    ),
    Extract("baseline", ("lincs/baseline_165cells_x_978.tsv.gz",)),
    Extract("perturb-seq", ("perturb/norman_mcfaline_devel.h5ad",), {"name": "norman-mcfaline"}),
    Extract(
        "precise",
        ("perturb/ecoli_precise278_MA.json.gz", "perturb/ecoli_precise278_samples.csv"),
        {"name": "precise278"},
    ),
)


@dataclass(frozen=True, slots=True)
class ResponseAccount:
    """What became of one extract.

    Attributes:
        source: name of the source.
        files: names of the files.
        rows_in: rows, samples or cells read.
        kept: those that were not dropped.
        merged: kept rows that became part of another's signature, such as controls and replicates.
        dropped: reason → rows.
        set: figures of the response set; empty for vectors.
    """

    source: str
    files: tuple[str, ...]
    rows_in: int
    kept: int
    merged: int
    dropped: dict[str, int]
    set: dict[str, Any]


def measure() -> list[ResponseAccount]:
    """Load all extracts into one graph and describe each response set in it."""
    with tempfile.TemporaryDirectory() as folder:
        store = f"duckdb:{folder}/all.duckdb"
        for extract in GRAPH:
            load_extract(extract, store)
        reports = [load_extract(extract, store) for extract in RESPONSES]
        with open_store(store) as graph:
            sets = {each.name: orjson.loads(orjson.dumps(each)) for each in response_stats(graph)}
    return [
        ResponseAccount(
            extract.source,
            tuple(Path(file).name for file in extract.files),
            report.rows_in,
            report.rows_kept,
            report.rows_merged,
            dict(sorted(report.dropped.items())),
            sets.get(extract.options.get("name", ""), {}),
        )
        for extract, report in zip(RESPONSES, reports, strict=True)
    ]


def table(accounts: list[ResponseAccount]) -> Table:
    """The accounts as a table."""
    shown = Table(title="response accounts")
    headings = ("source", "rows in", "kept", "merged", "dropped", "signatures", "features")
    for heading in (*headings, "known", "drugs known", "controls"):
        shown.add_column(heading, justify="left" if heading in {"source", "dropped"} else "right")
    for each in accounts:
        dropped = "; ".join(f"{reason}: {count:,}" for reason, count in each.dropped.items())
        figures = (f"{each.rows_in:,}", f"{each.kept:,}", f"{each.merged:,}")
        shown.add_row(each.source, *figures, dropped, *figures_of(each.set))
    return shown


def figures_of(described: dict[str, Any]) -> tuple[str, ...]:
    """Signatures, features, known features, known drugs and control sets as text."""
    if not described:
        return ("–",) * 5
    matched = described["drugs_matched"]
    return (
        f"{described['signatures']:,}",
        f"{described['features']:,}",
        f"{described['features_known']:.1%}",
        "–" if matched is None else f"{matched:.1%}",
        f"{described['control_sets']:,}" if described["control_sets"] else "–",
    )


def main() -> None:
    """Load every extract, print the accounts and, if asked, write them."""
    given = parser(__doc__ or "").parse_args()
    accounts = measure()
    Console(width=160).print(table(accounts))
    if given.json is not None:
        given.json.write_bytes(orjson.dumps(accounts, option=orjson.OPT_INDENT_2) + b"\n")


if __name__ == "__main__":
    main()
