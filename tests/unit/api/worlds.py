"""Small worlds in real embedded stores: one worked out by hand, one to plant a truth in.

The screen's responses are written down here; they say nothing about real genes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.models.refinement.damage import damage, observe
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.testing import SourceBuilder, publish
from kgp.testing.loads import source_info
from tests.unit.models.drug_world import drug_graph
from tests.unit.models.refinement.worlds import random_network as signed_network

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kgp.testing import ListLoader

NETWORK, SCREEN, DRUGS = "toy", "screen", "lincs"
GENES = {letter: f"ncbigene:{number}" for number, letter in enumerate("ABCDEFGHI", start=1)}
MEASURED = "ABCDEFG"
ISOLATED = "drugbank:DB069"
REPEATS = 4


def url_of(path: Path) -> str:
    return f"duckdb:{path}"


def write_store(path: Path, loaders: Iterable[ListLoader]) -> str:
    """Load sources into a new store and return its URL."""
    with EmbeddedStore(str(path)) as store:
        for loader in loaders:
            publish(store, loader, path.parent / "staging")
    return url_of(path)


def gene_table() -> ListLoader:
    """Genes A to I."""
    source = SourceBuilder(source_info("gene-info"))
    for letter, gene in GENES.items():
        source.node(gene, "Gene", letter, symbol=letter)
        source.xref(gene, f"symbol:{letter}", "synonym")
    return source.loader()


def network() -> ListLoader:
    """Seven signed edges, a self-loop and an edge of unknown sign.

    Against the screen A→B and A→C are confirmed, A→D and C→B contradicted, A→E silent; F→G and
    I→H cannot be tested, because F is not perturbed and H not measured.
    """
    source = SourceBuilder(source_info("trrust", license="CC-BY-SA-4.0"))
    edges = {"AB": 1, "AC": -1, "AD": 1, "AE": 1, "CB": 1, "FG": -1, "IH": 1, "AA": 1, "BE": 0}
    for (regulator, target), sign in edges.items():
        layer = "signalling" if target == "E" else "transcriptional"
        source.regulates(NETWORK, GENES[regulator], GENES[target], sign, layer=layer)
    return source.loader()


RESPONSES: dict[str, tuple[int, dict[str, float]]] = {
    "A": (1, {"B": 5.0, "C": -4.0, "D": -3.0, "G": 6.0}),
    "C": (-1, {"B": 3.0}),
    "H": (1, {}),
    "I": (1, {"F": 4.0, "G": -4.0}),
}
"""Perturbed gene → direction (1 over-expression, -1 knock-out) and z-scores of what moves."""


MEDIA = {"A": "M9", "I": "M9", "C": "LB", "H": "LB"}
"""Perturbed gene → medium of its experiments."""


def screen() -> ListLoader:
    """Four genes perturbed, four times each: z-scores over A to G."""
    source = SourceBuilder(source_info("screen"))
    source.dataset(SCREEN, [GENES[letter] for letter in MEASURED])
    for letter, (direction, moved) in RESPONSES.items():
        for repeat in range(REPEATS):
            name = f"screen:{letter}{repeat}"
            source.node(name, "Signature", "", medium=MEDIA[letter])
            source.edge(name, "PERTURBS", GENES[letter], str(direction))
            # The first repeat is twice as strong; what does not move stays below the cut-off.
            factor = 2 if repeat == 0 else 1
            values = [factor * moved.get(gene, 0.5) for gene in MEASURED]
            source.effect(SCREEN, name, values)
    return source.loader()


def damaged_network(genes: int = 60, edges: int = 120) -> tuple[ListLoader, ListLoader]:
    """A random network damaged at p = 0.3, and a screen in which regulators obey the whole one.

    The walks of held-out regulators run through edges that the others correct: refining helps.
    """
    truth = signed_network(genes, edges, seed=2)
    names = [f"ncbigene:{number}" for number in range(200, 200 + genes)]
    source = SourceBuilder(source_info("trrust", license="CC-BY-SA-4.0"))
    for number, name in enumerate(names):
        source.node(name, "Gene", f"D{number}", symbol=f"D{number}")
    known = damage(truth, 0.3, seed=1)
    for (regulator, target), sign in known.signs().items():
        source.regulates("damaged", names[regulator], names[target], sign)
    labels = observe(truth, np.arange(genes // 3, dtype=np.int32), max_length=3).labels
    responses = SourceBuilder(source_info("screen"))
    responses.dataset("obedient", names)
    for number, row in enumerate(np.asarray(labels).tolist()):
        name = f"obedient:{number}"
        responses.node(name, "Signature", "")
        responses.edge(name, "PERTURBS", names[number], "1")
        responses.effect("obedient", name, [5.0 * label or 0.5 for label in row])
    return source.loader(), responses.loader()


def random_network(seed: int = 0, genes: int = 30, edges: int = 90) -> ListLoader:
    """A random signed network, large enough for damage to be found again."""
    source = SourceBuilder(source_info("trrust", license="CC-BY-SA-4.0"))
    names = [f"ncbigene:{number}" for number in range(100, 100 + genes)]
    for number, name in enumerate(names):
        source.node(name, "Gene", f"G{number}", symbol=f"G{number}")
    rng = np.random.default_rng(seed)
    pairs = [(s, t) for s in range(genes) for t in range(genes) if s != t]
    for at in rng.permutation(len(pairs))[:edges].tolist():
        regulator, target = pairs[at]
        sign = int(rng.choice((-1, 1)))
        source.regulates("random", names[regulator], names[target], sign)
    return source.loader()


def drugs() -> ListLoader:
    """The models' drug world as a source: molecules, targets, responses that follow them.

    The last drug loses its targets.
    """
    graph = drug_graph()
    source = SourceBuilder(source_info("primekg"))
    for identifier, node_type, name, properties in graph.node_rows:
        source.node(identifier, node_type, name, smiles=properties.get("smiles"))
    for relation, src, dst, _ in graph.edge_rows:
        if src != ISOLATED:
            source.edge(src, relation, dst)
    stored = graph.response_rows["lincs"]
    source.dataset(DRUGS, stored["features"])
    for signature, perturbed, _, values in stored["rows"]:
        source.node(signature, "Signature", "")
        source.edge(signature, "PERTURBS", perturbed[0], "0")
        source.effect(DRUGS, signature, values)
    return source.loader()


def files_in(folder: Path) -> dict[str, bytes]:
    """Every file under a folder with its content."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
