"""A graph small enough to be worked out by hand, and the rows that every store must give.

Six sources about four genes: an identifier table with synonyms and one ambiguous alias, a table
whose cross-reference means two genes, a graph that states one interaction in both directions, a
second source of that interaction under other identifiers, a signed network written in symbols
(two names of one regulator disagree; an unsigned self-loop; a target that nobody knows), and
responses, dense and censored.
"""

from __future__ import annotations

from kgp.testing.loads import ListLoader, SourceBuilder, source_info

TP53, MDM2, CDKN1A, BCL2 = "ncbigene:7157", "ncbigene:4193", "ncbigene:1026", "ncbigene:596"
NUTLIN, CANCER, K562 = "drugbank:DB00001", "doid:162", "cellosaurus:CVCL_0004"
NETWORK = "toy"


def gene_table() -> ListLoader:
    """Genes with identifiers and synonyms; ``symbol:SHARED`` is an alias of two genes."""
    source = SourceBuilder(source_info("gene-info", "2024"))
    for gene, symbol in ((TP53, "TP53"), (MDM2, "MDM2"), (CDKN1A, "CDKN1A"), (BCL2, "BCL2")):
        source.node(gene, "Gene", symbol, symbol=symbol, chromosome=None)
    source.node(TP53, "Gene", "TP53", symbol="TP53", chromosome="17")
    source.xref(TP53, "hgnc:11998").xref(TP53, "ensembl:ENSG00000141510")
    for gene, *aliases in (
        (TP53, "TP53", "P53"),
        (MDM2, "MDM2"),
        (CDKN1A, "CDKN1A", "P21", "SHARED"),
        (BCL2, "BCL2", "SHARED"),
    ):
        for alias in aliases:
            source.xref(gene, f"symbol:{alias}", "synonym")
    return source.loader()


def protein_table() -> ListLoader:
    """Proteins: one of TP53 through HGNC, one that two genes share."""
    source = SourceBuilder(source_info("uniprot-hgnc", "2023"))
    source.xref("hgnc:11998", "uniprot:P04637")
    source.xref("uniprot:Q00001", CDKN1A).xref("uniprot:Q00001", BCL2)
    return source.loader()


def graph() -> ListLoader:
    """Genes, a drug and a disease; one interaction in both directions, one edge into nothing."""
    source = SourceBuilder(source_info("primekg", "2", "CC-BY-4.0"))
    source.node(TP53, "Gene", "tumor protein p53", chromosome="X", essential=True)
    source.node(MDM2, "Gene", "MDM2", chromosome=None, essential=None)
    source.node(NUTLIN, "Drug", "Nutlin").node(CANCER, "Disease", "cancer")
    source.edge(TP53, "INTERACTS_WITH", MDM2, "ppi").edge(MDM2, "INTERACTS_WITH", TP53, "ppi")
    source.edge(TP53, "INTERACTS_WITH", TP53, "ppi")
    source.edge(NUTLIN, "TARGETS", MDM2, "target")
    source.edge(TP53, "ASSOCIATED_WITH", CANCER, "associated with")
    source.edge(TP53, "ASSOCIATED_WITH", "doid:999", "associated with")
    return source.loader()


def interactions() -> ListLoader:
    """The interaction again, from another source and under other identifiers."""
    source = SourceBuilder(source_info("string", "12.0", "CC-BY-4.0"))
    source.edge("ensembl:ENSG00000141510", "INTERACTS_WITH", MDM2, "", score=900)
    source.edge("uniprot:Q00001", "INTERACTS_WITH", MDM2, "", score=700)
    return source.loader()


def network() -> ListLoader:
    """A signed network in symbols."""
    source = SourceBuilder(source_info("trrust", "2", "CC-BY-SA-4.0"))
    source.regulates(NETWORK, "symbol:TP53", "symbol:CDKN1A", 1)
    source.regulates(NETWORK, "symbol:P53", "symbol:CDKN1A", -1)
    source.regulates(NETWORK, "symbol:TP53", "symbol:MDM2", 1, weight=0.1)
    source.regulates(NETWORK, "symbol:P53", "symbol:MDM2", 0)
    source.regulates(NETWORK, "symbol:TP53", "symbol:BCL2", -1)
    source.regulates(NETWORK, "symbol:TP53", "symbol:TP53", 0)
    source.regulates(NETWORK, "symbol:TP53", "symbol:NOWHERE", 1)
    return source.loader()


def responses() -> ListLoader:
    """Two response sets: a dense one of a drug, a censored one of a gene and of a combination."""
    source = SourceBuilder(source_info("lincs", "2020", "CC-BY-4.0"))
    source.node(K562, "CellLine", "K-562")
    for number, dose in ((1, 10.0), (2, None), (3, None)):
        source.node(f"lincs:{number}", "Signature", "", dose=dose)
    source.edge("lincs:1", "PERTURBS", NUTLIN, "0").edge("lincs:1", "MEASURED_IN", K562)
    source.edge("lincs:2", "PERTURBS", "symbol:P53", "1")
    source.edge("lincs:3", "PERTURBS", TP53, "1").edge("lincs:3", "PERTURBS", MDM2, "-1")
    source.dataset("drugs", [TP53, "symbol:P21", "symbol:NOWHERE"])
    source.dataset("genes", [BCL2, "hgnc:11998"], censored=True)
    source.effect("drugs", "lincs:1", [0.5, -2.0, 0.1])
    source.effect("genes", "lincs:3", [-3.5], [1]).effect("genes", "lincs:2", [], [])
    return source.loader()


def golden() -> list[ListLoader]:
    """All six sources."""
    return [gene_table(), protein_table(), graph(), interactions(), network(), responses()]


NODES: list[tuple[str, str, str, list[str], str]] = [
    (K562, "CellLine", "K-562", ["lincs"], "{}"),
    (CANCER, "Disease", "cancer", ["primekg"], "{}"),
    (NUTLIN, "Drug", "Nutlin", ["primekg"], "{}"),
    (CDKN1A, "Gene", "CDKN1A", ["gene-info"], '{"symbol":"CDKN1A"}'),
    (MDM2, "Gene", "MDM2", ["gene-info", "primekg"], '{"symbol":"MDM2"}'),
    (BCL2, "Gene", "BCL2", ["gene-info"], '{"symbol":"BCL2"}'),
    (
        *(TP53, "Gene", "TP53", ["gene-info", "primekg"]),
        '{"chromosome":"17","essential":true,"symbol":"TP53"}',
    ),
    ("lincs:1", "Signature", "", ["lincs"], '{"dose":10.0}'),
    ("lincs:2", "Signature", "", ["lincs"], "{}"),
    ("lincs:3", "Signature", "", ["lincs"], "{}"),
]
"""``id, type, name, sources, properties`` of every node."""

_BY, _SA = "CC-BY-4.0", "CC-BY-SA-4.0"


def _regulates(dst: str, sign: int, effect: str, weight: float) -> tuple[str, ...]:
    about = f'"effect":"{effect}","layer":"transcriptional","sign":{sign},"since":1'
    row = "REGULATES", TP53, dst, NETWORK, "trrust", "2", _SA
    return (*row, f'{{{about},"weight":{weight}}}')


EDGES: list[tuple[str, ...]] = [
    ("ASSOCIATED_WITH", TP53, CANCER, "associated with", "primekg", "2", _BY, "{}"),
    ("INTERACTS_WITH", MDM2, TP53, "", "string", "12.0", _BY, '{"score":900}'),
    ("INTERACTS_WITH", MDM2, TP53, "ppi", "primekg", "2", _BY, "{}"),
    ("INTERACTS_WITH", TP53, TP53, "ppi", "primekg", "2", _BY, "{}"),
    ("MEASURED_IN", "lincs:1", K562, "", "lincs", "2020", _BY, "{}"),
    ("PERTURBS", "lincs:1", NUTLIN, "0", "lincs", "2020", _BY, "{}"),
    ("PERTURBS", "lincs:2", TP53, "1", "lincs", "2020", _BY, "{}"),
    ("PERTURBS", "lincs:3", MDM2, "-1", "lincs", "2020", _BY, "{}"),
    ("PERTURBS", "lincs:3", TP53, "1", "lincs", "2020", _BY, "{}"),
    _regulates(CDKN1A, 0, "dual", 1.0),
    # The weight is stored in single precision, and 0.1 is none.
    _regulates(MDM2, 1, "activation", 0.10000000149011612),
    _regulates(BCL2, -1, "repression", 1.0),
    _regulates(TP53, 0, "unknown", 1.0),
    ("TARGETS", NUTLIN, MDM2, "target", "primekg", "2", _BY, "{}"),
]
"""``type, src, dst, qualifier, source, source_version, license, properties`` of every edge."""

REGULATION: list[tuple[str, str, int, str, float | None]] = [
    (CDKN1A, "transcriptional", 0, "dual", None),
    (MDM2, "transcriptional", 1, "activation", 0.10000000149011612),
    (BCL2, "transcriptional", -1, "repression", None),
    (TP53, "transcriptional", 0, "unknown", None),
]
"""``dst, layer, sign, effect, weight`` of every edge of the network; the regulator is TP53."""
