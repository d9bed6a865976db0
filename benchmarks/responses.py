"""Drug responses on the packaged sample: KG-GAT beside its baselines, on five scaffold splits.

The splits are not those on which the model's constants were chosen (``--first-seed 100``).
Loads the sample into a store of its own, computes the vectors that the model reads, exports a
snapshot and trains; ``kgp train kg-gat`` prints the same table.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.harness import Row, parser, publish
from kgp.api.embedding import embed
from kgp.api.loading import load_world
from kgp.api.training import train
from kgp.loaders.sample import WORLD, sample_file
from kgp.progress import make_progress

PACKAGES = ("kgp", "numpy", "torch", "torch-geometric", "rdkit")


def main() -> None:
    """Train and print one row per model and metric, each beside the mean response."""
    options = parser(__doc__ or "")
    options.add_argument("--seeds", type=int, default=5, help="number of splits")
    options.add_argument("--first-seed", type=int, default=100, help="seed of the first split")
    given = options.parse_args()
    bars = make_progress("auto")
    with tempfile.TemporaryDirectory() as folder:
        store = f"duckdb:{Path(folder) / 'sample.duckdb'}"
        for _ in load_world(sample_file(WORLD), store=store, progress=bars):
            pass
        embed(store, progress=bars)
        table = train(
            store, "kg-gat", seeds=given.seeds, first_seed=given.first_seed, progress=bars
        ).table
    reference = next(row for row in table.rows if row.name == table.reference)
    rows = [
        Row(
            f"{row.name}, {metric.label} [{row.scores[metric.key].low:.3f}, "
            f"{row.scores[metric.key].high:.3f}]",
            row.scores[metric.key].value,
            "Pearson r",
            table.reference,
            reference.scores[metric.key].value,
            row.n_seeds,
        )
        for metric in table.metrics
        for row in table.rows
    ]
    publish("responses", rows, given.json, PACKAGES)


if __name__ == "__main__":
    main()
