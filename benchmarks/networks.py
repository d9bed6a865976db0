"""Signed networks for benchmarks, read by kgp's own loaders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from benchmarks.harness import real_data
from kgp.kg_schema.batches import Kind
from kgp.kg_schema.tally import Tally
from kgp.loaders.registry import assign_roles, build_loader
from kgp.loaders.sample import sample_file
from kgp.models.refinement.network import SignedNetwork

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Any

LAST_OLD_PAPER = 18_000_000
"""PubMed ids grow with time; this one is of the end of 2007."""


def read_rows(source: str, path: Path, **options: object) -> list[dict[str, Any]]:
    """Read the regulation that a file states: rows of the schema ``REGULATION``."""
    loader = build_loader(source, assign_roles(source, [str(path)]), **options)
    found = (batch.data for batch in loader.batches(Tally()) if batch.kind == Kind.REGULATION)
    return [row for data in found for row in data.to_pylist()]


def signed(name: str, rows: Iterable[dict[str, Any]]) -> SignedNetwork:
    """Make a network of the regulation that has a sign, and say what was left out of it."""
    stated = list(rows)
    kept = [(row["src"], row["dst"], row["sign"]) for row in stated if row["sign"]]
    network, dropped = SignedNetwork.from_edges(*zip(*kept, strict=True))
    print(
        f"{name}: {network.n_genes:,} genes, {network.n_edges:,} signed edges of "
        f"{len(network.regulators):,} regulators; left out: {dropped.self_loops} self-loops, "
        f"{len(stated) - len(kept)} without a sign, {dropped.conflicting} of both signs"
    )
    return network


def trrust() -> SignedNetwork:
    """Read TRRUST, which the packaged sample holds whole."""
    return signed("TRRUST", _trrust_rows())


def old_trrust() -> SignedNetwork:
    """Read the edges of TRRUST that a paper of 2007 or earlier states."""

    def is_old(row: dict[str, Any]) -> bool:
        papers = orjson.loads(row["evidence"]).get("pubmed", [])
        return any(int(paper) <= LAST_OLD_PAPER for paper in papers)

    return signed("TRRUST, papers until 2007", filter(is_old, _trrust_rows()))


def larger_than_trrust() -> SignedNetwork:
    """Read TRRUST with DoRothEA's levels A and B; where they disagree, TRRUST's sign counts."""
    own = _trrust_rows()
    held = {(row["src"], row["dst"]) for row in own if row["sign"]}
    path = real_data("grn/dorothea_hs.tsv.gz")
    other = read_rows("dorothea", path, levels="A,B")
    new = [row for row in other if (row["src"], row["dst"]) not in held]
    return signed("TRRUST and DoRothEA A, B", [*own, *new])


def omnipath() -> SignedNetwork:
    """Read OmniPath's interactions with exactly one sign, all layers as one."""
    path = real_data("grn/omnipath_signor_signed.tsv.gz")
    return signed("OmniPath", read_rows("omnipath", path))


def ecocyc(*, sigma: bool) -> SignedNetwork:
    """Read EcoCyc's network, with or without the edges of its sigma factors."""
    rows = read_rows("ecocyc-network", real_data("ecocyc/ECOLI-regulatory-network.txt"))
    kept = [row for row in rows if sigma or row["layer"] != "sigma"]
    return signed("EcoCyc" if sigma else "EcoCyc without sigma factors", kept)


def _trrust_rows() -> list[dict[str, Any]]:
    return read_rows("trrust", sample_file("trrust_hs.tsv.gz"))
