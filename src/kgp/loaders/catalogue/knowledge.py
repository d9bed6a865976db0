"""Knowledge graphs in layouts of their own, and attributes of their nodes."""

from __future__ import annotations

from kgp.loaders.spec import STATED_BY_USER, Role, SourceSpec

SPECS = (
    SourceSpec(
        name="primekg",
        title="PrimeKG",
        description="a knowledge graph in PrimeKG's layout: kg.csv with 12 or 10 columns, or "
        "edges.csv beside nodes.csv; counts are checked where a file claims to be all of PrimeKG",
        roles=(
            Role("kg", "kg.csv, or edges.csv beside nodes.csv", pattern=r"(kg|edges).*\.csv"),
            Role("nodes", "nodes.csv", required=False, pattern=r"nodes.*\.csv"),
        ),
        version_rule=STATED_BY_USER,
        license="CC-BY-4.0",
        citation="Chandak P, Huang K, Zitnik M. Building a knowledge graph to enable precision "
        "medicine. Sci Data 10:67 (2023)",
        url="https://doi.org/10.7910/DVN/IXA7BM",
        module="kgp.loaders.primekg",
        loader="PrimeKG",
        options=("title", "license", "citation", "check"),
    ),
)
