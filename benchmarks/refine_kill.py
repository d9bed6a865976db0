"""Kill ``kgp refine … --planted 0.1 --write`` at random moments, run it again, compare the graphs.

Half of the moments lie in the search, half in the writing. A planted truth is written in two
transactions: the damaged network as its version 1, then the refinement as version 2. After every
kill the graph has to be what it was, or hold the first, or both, each of them whole; after the
second run its fingerprint has to be that of the undisturbed one.

    python -m benchmarks.refine_kill [--json FILE] [--kills 20] [--seed 7]
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from benchmarks.harness import parser, publish
from benchmarks.killing import HALF, Trial, rows, table
from kgp.loaders.sample import sample_file
from kgp.platform.store.embedded.store import EmbeddedStore

if TYPE_CHECKING:
    from kgp.platform.store.port import KnowledgeStore

NETWORK = "synthetic-bacterium"
DAMAGED = f"{NETWORK}-planted"
FIRST = "version 1"
PHASES = {"search": "", "writing": "begun.json"}
_CONTENT = ("src", "dst", "layer", "sign", "effect", "weight", "since", "evidence")


class RefineTrial(Trial):
    """Refinements of the packaged bacterium, damaged on purpose."""

    def __init__(self, folder: Path) -> None:
        prepare = ["load", "ecocyc", str(sample_file("ecocyc-synthetic")), "--name", NETWORK]
        planted = ["--planted", "0.1", "--seed", "7", "--write"]
        super().__init__(folder, prepare, ["refine", NETWORK, *planted], PHASES)

    def state(self, store: Path) -> str:
        """What a graph is; between the two transactions it holds the first version whole."""
        found = super().state(store)
        if found != HALF:
            return found
        with (
            EmbeddedStore(str(store), create=False) as graph,
            EmbeddedStore(str(self.undisturbed), create=False) as whole,
        ):
            between = networks(graph) == {NETWORK: 1, DAMAGED: 1} and all(
                content(graph, name) == content(whole, name) for name in (NETWORK, DAMAGED)
            )
        return FIRST if between else HALF


def networks(graph: KnowledgeStore) -> dict[str, int]:
    """Network → its head."""
    return {record.name: record.head for record in graph.grns()}


def content(graph: KnowledgeStore, name: str) -> tuple[Any, ...]:
    """The first version of a network: what made it, and its edges."""
    first = graph.grn_versions(name)[0]
    batches = graph.scan_regulation(name, 1)
    edges = [batch.select(_CONTENT).to_pylist() for batch in batches]
    return first.method, first.parameters, first.data_hash, edges


def main() -> None:
    """Kill, refine again, compare and publish."""
    options = parser(__doc__ or "")
    options.add_argument("--kills", type=int, default=20, help="refinements to kill")
    options.add_argument("--seed", type=int, default=7, help="of the random moments")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        outcomes = list(RefineTrial(Path(folder)).kills(given.kills, given.seed))
    Console().print(table(outcomes))
    publish("refine_kill", rows(outcomes, "refinements"), given.json, ("kgp", "duckdb"))
    if not all(o.unharmed and o.equal for o in outcomes):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
