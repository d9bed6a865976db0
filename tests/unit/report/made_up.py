"""A whole report with figures that nobody measured: made up here, to be looked at and tested."""

from __future__ import annotations

from collections import Counter
from functools import cache
from math import cos, sin
from random import Random
from typing import Literal

from kgp.report.content import (
    AttendedNeighbour,
    AttentionSummary,
    AuditedEdge,
    AuditSummary,
    ChangeSummary,
    Comparison,
    DegreeDistribution,
    EdgeChange,
    EdgeState,
    EmbeddingMap,
    EmbeddingPoint,
    Enrichment,
    Estimate,
    GeneResponse,
    GraphSummary,
    Metric,
    ModelRow,
    ModelTable,
    PlantedTruth,
    RefinementSummary,
    ReportContent,
    ScoreChange,
    SignedEdge,
    SourceSummary,
    Verdict,
)

REGULATORS = ("TP53", "MYC", "NFKB1", "STAT3", "JUN", "SP1", "RELA", "E2F1", "HIF1A", "ESR1")
GENES = (
    "CDKN1A", "BAX", "MDM2", "CCND1", "VEGFA", "BCL2", "IL6", "TNF", "FOS", "EGFR", "CDK4", "PTGS2",
    "MMP9", "ICAM1", "CASP3", "FAS", "GADD45A", "SERPINE1", "TERT", "ODC1", "NCL", "LDHA", "HK2",
    "SLC2A1", "EPO", "TFF1", "PGR", "GREB1", "CXCL8", "CCL2", "SOCS3", "MCL1", "BIRC5", "RB1",
)  # fmt: skip


def sources() -> tuple[SourceSummary, ...]:
    """Four sources, one of them synthetic."""
    return (
        SourceSummary(
            "bindingdb", "2015-09", "CC BY 3.0", 20_345, 2_947, 0,
            {"affinity above 1 µM": 15_243, "no LINCS response": 2_155},
            "https://creativecommons.org/licenses/by/3.0/",
            "Gilson et al. 2016, BindingDB in 2015, Nucleic Acids Research 44 D1045.",
        ),
        SourceSummary(
            "trrust", "2018-04", "CC BY-SA 4.0", 7_041, 5_066, 1_897, {"no such gene": 78},
            "https://creativecommons.org/licenses/by-sa/4.0/",
            "Han et al. 2018, TRRUST v2, Nucleic Acids Research 46 D380.",
        ),
        SourceSummary("lincs", "consensus 2016", "CC BY 4.0", 1_170, 1_149, 21, {}),
        SourceSummary(
            "ecocyc", "made by kgp, seed 7", "Apache-2.0", 412, 400, 0, {"unsigned": 12},
            synthetic=True,
        ),
    )  # fmt: skip


@cache
def graph() -> GraphSummary:
    """A small graph with a heavy tail."""
    nodes = {
        "Gene": 8_412, "BiologicalProcess": 2_310, "Drug": 1_149, "Pathway": 612,
        "MolecularFunction": 580, "CellularComponent": 402, "Signature": 3_258, "Strain": 12,
    }  # fmt: skip
    relationships = {
        "PARTICIPATES_IN": 61_220, "INTERACTS_WITH": 40_118, "REGULATES": 5_066, "TARGETS": 2_947,
        "PERTURBS": 3_258, "HAS_FUNCTION": 9_902, "LOCATED_IN": 14_511,
    }  # fmt: skip
    random = Random(1)
    degrees = tuple(_degrees(name, n, random) for name, n in nodes.items())
    return GraphSummary(nodes, relationships, degrees)


def _degrees(name: str, n: int, random: Random) -> DegreeDistribution:
    exponent = 0.8 + 1.6 * random.random()
    drawn = Counter(min(int(random.paretovariate(exponent)), 1_500) for _ in range(n))
    found = sorted(drawn)
    return DegreeDistribution(name, tuple(found), tuple(drawn[d] for d in found))


def embedding(n: int = 1_149) -> EmbeddingMap:
    """Clouds of drugs in ten classes, more than the palette holds."""
    random, points = Random(2), []
    classes = (
        "antineoplastic", "cardiovascular", "antibacterial", "nervous system", "hormones",
        "respiratory", "dermatological", "antiparasitic", "blood", "not classified",
    )  # fmt: skip
    for i in range(n):
        k = min(int(random.paretovariate(0.9)) - 1, len(classes) - 1)
        x, y = random.gauss(3 * cos(k), 1.1), random.gauss(3 * sin(2 * k), 0.9)
        points.append(EmbeddingPoint(f"drug {i}", x, y, classes[k]))
    return EmbeddingMap(
        "emb_morgan", "RDKit Morgan fingerprint", "radius 2, 2,048 bits, RDKit 2024.9", 2_048,
        "PCA", "first component (4.1 % of variance)", "second component (2.8 %)", "ATC class",
        tuple(points), n, 1_170,
    )  # fmt: skip


def models() -> ModelTable:
    """A learned model that does not beat nearest neighbours."""
    metrics = (Metric("top50", "top-50 r"), Metric("centred", "centred r"))

    def row(name: str, baseline: bool, top: float, centred: float, gain: float) -> ModelRow:
        return ModelRow(
            name, baseline, 5,
            {"top50": Estimate(top, top - 0.009, top + 0.009),
             "centred": Estimate(centred, centred - 0.02, centred + 0.02)},
            {"top50": Estimate(gain, gain - 0.006, gain + 0.006),
             "centred": Estimate(centred, centred - 0.02, centred + 0.02)},
        )  # fmt: skip

    mean = ModelRow(
        "mean response", True, 5,
        {"top50": Estimate(0.6853, 0.676, 0.694), "centred": Estimate(0.0)}, {},
    )  # fmt: skip
    return ModelTable(
        "LINCS consensus, 978 genes", "scaffold", "drugs", 832, 92, 225,
        "78 drugs that repeat another drug's response exactly were collapsed before the split.",
        "Intervals: paired bootstrap over test drugs, 95 %, seeds pooled.",
        "mean response", metrics,
        (
            row("KG-GAT", False, 0.7031, 0.121, 0.0178),
            row("k-nearest neighbours (Tanimoto)", True, 0.7151, 0.151, 0.0298),
            row("ridge", True, 0.7112, 0.137, 0.0259),
            mean,
        ),
        (
            Comparison(
                "KG-GAT", "k-nearest neighbours (Tanimoto)", "top50",
                Estimate(-0.012, -0.02, -0.005),
            ),
        ),
    )  # fmt: skip


def audit() -> AuditSummary:
    """Few edges speak, most are silent."""
    random, edges = Random(3), []
    for i in range(33):
        sign: Literal[-1, 1] = 1 if random.random() < 0.6 else -1
        verdict: Verdict = "confirmed" if i < 21 else "contradicted"
        z = random.uniform(3, 14) * sign * (1 if verdict == "confirmed" else -1)
        regulator, target = random.choice(REGULATORS), random.choice(GENES)
        edges.append(AuditedEdge(regulator, target, sign, verdict, z, ("LINCS over-expression",)))
    return AuditSummary(
        "trrust", "LINCS over-expression consensus",
        {"confirmed": 21, "contradicted": 12, "silent": 1_150, "untestable": 3_883},
        Enrichment(0.0181, 0.0025, Estimate(7.2, 4.9, 10.3), 3e-14),
        Estimate(21 / 33, 0.45, 0.8), tuple(edges),
    )  # fmt: skip


def refinement() -> RefinementSummary:
    """A planted truth."""
    return RefinementSummary(
        "trrust", "exact local search", 1, 2, 442, 442, 1_402, 1_179, 14.2,
        (
            ScoreChange("direct macro-F1", 0.8591, 0.9423),
            ScoreChange("response macro-F1", 0.7358, 0.9617),
        ),
        PlantedTruth(0.4, 7, same_mechanism=True),
    )  # fmt: skip


def changes(n: int = 140) -> ChangeSummary:
    """Additions, removals and flips with their experiments."""
    random, seen = Random(4), set[tuple[str, str]]()
    found: list[EdgeChange] = []
    kinds: tuple[tuple[EdgeState, EdgeState], ...] = ((None, 1), (None, -1), (1, None), (-1, None),
                                                      (1, -1), (-1, 1), (0, 1))  # fmt: skip
    while len(found) < n:
        regulator = REGULATORS[min(int(random.expovariate(0.4)), 9)]
        target = random.choice(GENES + REGULATORS)
        if (regulator, target) in seen:
            continue
        seen.add((regulator, target))
        before, after = random.choice(kinds)
        n_for, n_against = random.randint(1, 9), random.randint(0, 3)
        experiments = [f"{name} over-expression" for name in random.choices(REGULATORS, k=12)]
        edge = EdgeChange(
            regulator=regulator,
            target=target,
            before=before,
            after=after,
            confidence=random.uniform(0.5, 1),
            supports=tuple(experiments[:n_for]),
            contradicts=tuple(experiments[-n_against:] if n_against else ()),
            right=random.random() < 0.84,
        )
        found.append(edge)
    same = tuple(SignedEdge(r, g, 1) for r in REGULATORS for g in GENES[:8] if (r, g) not in seen)
    return ChangeSummary("trrust", 1, 2, tuple(found), same)


def attention() -> AttentionSummary:
    """One drug of the test part."""
    random = Random(5)
    weights = {"HDAC1": 0.21, "HDAC2": 0.17, "HDAC6": 0.12, "HDAC3": 0.08}
    neighbours = (
        *(AttendedNeighbour(name, "Gene", "TARGETS", w) for name, w in weights.items()),
        AttendedNeighbour("histone deacetylation", "BiologicalProcess", "PARTICIPATES_IN", 0.05),
    )
    genes = tuple(
        GeneResponse(gene, random.gauss(0, 1.4), random.gauss(0, 2)) for gene in GENES[:20]
    )
    shares = {"Gene": 0.63, "BiologicalProcess": 0.2, "Pathway": 0.12, "Drug": 0.05}
    return AttentionSummary("vorinostat", "KG-GAT", True, "arcsinh z", shares, neighbours, genes)


def whole_report() -> ReportContent:
    """Every section filled."""
    return ReportContent(
        "Gene regulation after refinement (made-up figures)", "2026-01-15",
        "duckdb:demo/kgp.duckdb",
        "9f2c41d07be64a1f8d3355aa10c9e2b7", "0.1.0", sources(), graph(), embedding(), models(),
        audit(), refinement(), changes(), attention(),
    )  # fmt: skip


def empty_report() -> ReportContent:
    """Nothing computed yet."""
    return ReportContent("An empty graph", "2026-01-15", "duckdb:kgp.duckdb", "0" * 32, "0.1.0")
