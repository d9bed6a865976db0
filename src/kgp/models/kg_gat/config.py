"""Constants of a KG-GAT run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from kgp.errors import BadInputError
from kgp.models.baselines import BaselineConfig, RowScaling
from kgp.models.trainer.task import FitConfig, Precision

Softmax = Literal["node", "relation"]


@dataclass(frozen=True, slots=True)
class KgGatConfig:
    """What a run is made of; saved with it, and checked when it is used.

    Args:
        name: folder of the run under OUT.
        dataset: response set; default the only one that perturbs drugs.
        seeds: seeds of initialisation, batches, sampling and dropout; one model each.
        split_seed: seed of the scaffold split, the same for all models in the table.
        test: share of the drugs for testing.
        validation: share of the others for early stopping.
        hidden: width of node states, divided among the heads.
        heads: attention heads.
        softmax: ``node``: one softmax over all edges that arrive at a node, so that attention can
            be compared between node types; ``relation``: one per relation, as PyG's HeteroConv.
        fan_outs: neighbours drawn per relation in the first and second hop.
        hub_cap: larger slots are not followed in the second hop; None follows all.
        coordinates: dimensions of the graph's truncated SVD among the inputs; 0 for none.
        components: principal components of the training responses that the head predicts.
        dropout: share of units dropped in training; of inputs, half of it.
        learning_rate: of AdamW.
        weight_decay: of AdamW.
        batch_size: drugs per step.
        max_epochs: upper limit.
        patience: epochs without a better validation score before training stops.
        save_every: epochs between two states on disk that an interrupted run continues from.
        threads: torch threads; the products are small, and threads that wait for each other cost
            more than they give.
        device: where the networks are trained: ``cpu``, ``cuda`` or ``auto``. It is no part of
            the run's identity.
        precision: ``float32``, or ``bfloat16`` for the products.
        baselines: constants of the other rows of the table.
    """

    name: str = "kg-gat"
    dataset: str = ""
    seeds: tuple[int, ...] = (0, 1, 2)
    split_seed: int = 0
    test: float = 0.2
    validation: float = 0.15
    hidden: int = 64
    heads: int = 4
    softmax: Softmax = "node"
    fan_outs: tuple[int, int] = (10, 5)
    hub_cap: int | None = 2000
    coordinates: int = 64
    components: int = 40
    dropout: float = 0.4
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    batch_size: int = 64
    max_epochs: int = 80
    patience: int = 12
    save_every: int = 5
    threads: int = 1
    device: str = "cpu"
    precision: Precision = "float32"
    baselines: BaselineConfig = field(default_factory=BaselineConfig)

    def __post_init__(self) -> None:
        self.fitting(seed=0)  # its own checks
        for name in ("hidden", "heads", "components"):
            if getattr(self, name) < 1:
                raise BadInputError(f"{name}={getattr(self, name)}: valid are 1 and up.")
        if self.hidden % self.heads:
            raise BadInputError(
                f"hidden={self.hidden} cannot be divided among heads={self.heads}.",
                hint="Give a width that is a multiple of the heads.",
            )
        if not self.seeds or len(set(self.seeds)) < len(self.seeds):
            raise BadInputError(f"seeds={self.seeds}: give at least one, each once.")
        if not 0 <= self.dropout < 1:
            raise BadInputError(f"dropout={self.dropout}: valid are 0 up to below 1.")
        if self.softmax not in {"node", "relation"}:
            raise BadInputError(f"softmax={self.softmax!r}: valid are 'node' and 'relation'.")

    @property
    def constants(self) -> dict[str, Any]:
        """All that decides what a run gives: everything but the device."""
        facts = asdict(self)
        del facts["device"]
        return facts

    def fitting(self, seed: int) -> FitConfig:
        """Return the trainer's constants for the network of one seed."""
        return FitConfig(
            seed=seed,
            learning_rate=self.learning_rate,
            weight_decay=self.weight_decay,
            batch_size=self.batch_size,
            max_epochs=self.max_epochs,
            patience=self.patience,
            save_every=self.save_every,
            threads=self.threads,
            device=self.device,
            precision=self.precision,
        )

    @property
    def row_scaling(self) -> RowScaling:
        """Scaling of the training responses, the same as the baselines'."""
        return self.baselines.row_scaling
