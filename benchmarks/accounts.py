"""The account of every graph file among the real data extracts: rows in, kept, merged, dropped.

Each file is loaded alone into an empty store, so that its figures depend on nothing else; what
another file would resolve is counted here as it stands in this one.

    python -m benchmarks.accounts [--json docs/source_accounts.json]
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from rich.console import Console
from rich.table import Table

from benchmarks.harness import parser, real_data
from kgp.api.loading import load

if TYPE_CHECKING:
    from kgp.api.accounts import LoadReport

DOCS = Path(__file__).parents[1] / "docs" / "source_accounts.json"


@dataclass(frozen=True, slots=True)
class Extract:
    """Files of one source, under the folder of the real data extracts."""

    source: str
    files: tuple[str, ...]
    options: dict[str, str] = field(default_factory=dict)


EXTRACTS = (
    Extract("gene-info", ("identifiers/Homo_sapiens.gene_info.gz",)),
    Extract("uniprot-hgnc", ("identifiers/uniprot_hgnc.tsv.gz",)),
    Extract("locus-tags", ("ecocyc/precise1k_gene_info.csv.gz",)),
    Extract("primekg", ("primekg/kg_open.csv.gz",), {"title": "kg_open"}),
    Extract("primekg", ("primekg/kg_ibd_subset.csv.gz",), {"title": "PrimeKG, IBD subset"}),
    Extract("primekg-attributes", ("primekg/drug_features.tsv.gz",)),
    *(
        Extract("primekg-attributes", (f"primekg/ibd_{part}", "primekg/kg_ibd_subset.csv.gz"))
        for part in (
            "biological_process.parquet",
            "cellular_component.parquet",
            "disease.parquet",
            "drug.parquet",
            "gene_protein.parquet",
            "molecular_function.parquet",
            "text_graph.nodes.tsv.gz",
        )
    ),
    Extract("bindingdb", ("primekg/bindingdb_drug_gene.tsv.gz",)),
    Extract("lincs-compounds", ("lincs/pertinfo.tsv.gz",)),
    Extract(
        "string",
        (
            "string/511145.protein.links.experimental.txt.gz",
            "string/511145.protein.info.v12.0.txt.gz",
        ),
    ),
    Extract("go", ("go/goslim_generic.obo.gz",)),
    Extract("gaf", ("go/gene_association.ecocyc.gaf.gz",)),
    Extract("gaf", ("go/sars-cov-2_targets.gaf.gz",)),
    Extract("gaf", ("go/goa_human_illegal.gaf",)),
    Extract("go-annotations", ("go/GO_annotations-9606-direct-allev.tsv.gz",)),
    Extract("ecocyc-network", ("ecocyc/ECOLI-regulatory-network.txt",)),
    Extract("ecocyc", ("ecocyc/genes.dat", "ecocyc/proteins.dat")),
    Extract("dorothea", ("grn/dorothea_hs.tsv.gz",)),
    Extract("trrust", ("grn/trrust_hs.tsv.gz",)),
    Extract("omnipath", ("grn/omnipath_signor_signed.tsv.gz",)),
)


@dataclass(frozen=True, slots=True)
class Account:
    """What became of the rows of one extract.

    Attributes:
        source: name of the source.
        files: names of the files.
        rows_in: data rows read.
        kept: rows that were not dropped.
        merged: kept rows that state what another row states already.
        dropped: reason → rows.
        nodes: nodes that the files state.
        relationships: relationships with both ends in the graph.
    """

    source: str
    files: tuple[str, ...]
    rows_in: int
    kept: int
    merged: int
    dropped: dict[str, int]
    nodes: int
    relationships: int


def load_extract(extract: Extract, store: str) -> LoadReport:
    """Load one extract."""
    paths = [real_data(file) for file in extract.files]
    return load(extract.source, paths, store=store, options=extract.options)


def account(extract: Extract) -> Account:
    """Load one extract into an empty store."""
    with tempfile.TemporaryDirectory() as folder:
        report = load_extract(extract, f"duckdb:{folder}/one.duckdb")
    return Account(
        extract.source,
        tuple(Path(file).name for file in extract.files),
        report.rows_in,
        report.rows_kept,
        report.published.merged,
        dict(sorted(report.dropped.items())),
        report.published.nodes,
        report.published.edges,
    )


def table(accounts: list[Account]) -> Table:
    """The accounts as a table."""
    shown = Table(title="accounts")
    for heading in ("source", "files", "rows in", "kept", "merged", "dropped", "nodes", "rels"):
        numeric = heading not in {"source", "files", "dropped"}
        shown.add_column(heading, justify="right" if numeric else "left")
    for each in accounts:
        dropped = "; ".join(f"{reason}: {count:,}" for reason, count in each.dropped.items())
        figures = (each.rows_in, each.kept, each.merged)
        shown.add_row(
            each.source,
            ", ".join(each.files),
            *(f"{n:,}" for n in figures),
            dropped,
            f"{each.nodes:,}",
            f"{each.relationships:,}",
        )
    return shown


def main() -> None:
    """Load every extract, print the accounts and, if asked, write them."""
    given = parser(__doc__ or "").parse_args()
    accounts = [account(extract) for extract in EXTRACTS]
    Console(width=160).print(table(accounts))
    if given.json is not None:
        content: list[dict[str, Any]] = [asdict(each) for each in accounts]
        given.json.write_bytes(orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n")


if __name__ == "__main__":
    main()
