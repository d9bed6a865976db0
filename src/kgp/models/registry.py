"""The trainable models by name; each is imported only when it is used."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

from kgp.errors import BadInputError, MissingExtraError, unknown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kgp.models.predictions import Predictions
    from kgp.models.training import TrainResult
    from kgp.platform.snapshot import Snapshot
    from kgp.progress import Progress


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """A trainable model.

    Args:
        name: what ``kgp train`` calls it.
        module: where its verbs are.
        title: one line for the list of models.
    """

    name: str
    module: str
    title: str


class ModelModule(Protocol):
    """The verbs of a model."""

    Config: type[Any]

    def train(
        self, snapshot: Snapshot, config: Any, out: Path, progress: Progress | None = None
    ) -> TrainResult:
        """Train it and write a run."""

    def predict(self, run: Path, snapshot: Snapshot, drugs: Sequence[str]) -> Predictions:
        """Predict with a run."""


MODELS: dict[str, ModelEntry] = {
    entry.name: entry
    for entry in (
        ModelEntry(
            "kg-gat",
            "kgp.models.kg_gat.api",
            "graph attention over the knowledge graph predicts drug responses",
        ),
    )
}


def load_model(name: str) -> ModelModule:
    """Return the module of a model.

    Raises:
        BadInputError: if there is no such model.
        MissingExtraError: if torch or PyTorch Geometric is not installed.
    """
    if name not in MODELS:
        raise BadInputError(unknown("model", name, MODELS, command="kgp train --help"))
    try:
        return cast("ModelModule", import_module(MODELS[name].module))
    except ImportError as error:
        if (error.name or "").partition(".")[0] not in {"torch", "torch_geometric"}:
            raise
        raise MissingExtraError(
            f"The model {name} needs {error.name}, which is not installed.",
            hint="It belongs to the extra that trains models.",
            command="pip install 'kgp[train]'",
        ) from error
