"""Where a training run stands, on disk."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import torch

from kgp.errors import BadInputError, StoreError
from kgp.models.trainer.facts import RunFacts

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1


@dataclass(slots=True)
class FitState:
    """Where the training of one network stands.

    Args:
        epoch: epochs done.
        loss_sum: sum of the loss over the rows of the next epoch that were seen already.
        best_epoch: the epoch of the best validation score; 0 is the untrained network.
        best_score: that score.
        best_notes: what the validation noted beside its score at that epoch.
        best_weights: the network's weights at that epoch.
        history: per epoch the mean training loss and the validation score.
        finished: whether training has ended.
    """

    epoch: int = 0
    loss_sum: float = 0.0
    best_epoch: int = 0
    best_score: float = float("-inf")
    best_notes: dict[str, float] = field(default_factory=dict)
    best_weights: dict[str, Any] = field(default_factory=dict)
    history: list[tuple[float, float]] = field(default_factory=list)
    finished: bool = False


@dataclass(frozen=True, slots=True)
class StateFile:
    """The file of one network's training.

    Args:
        path: where it lies.
        facts: what the run rests on.
    """

    path: Path
    facts: RunFacts

    def save(self, state: FitState, **parts: Any) -> None:
        """Write the state and the state dicts of ``parts`` in one step.

        Tensors, numbers and text only, so that loading runs no code.
        """
        content = {"format": FORMAT, "facts": self.facts.to_json(), "state": asdict(state)}
        content |= {name: part.state_dict() for name, part in parts.items()}
        temporary = self.path.with_suffix(".tmp")
        torch.save(content, temporary)
        temporary.replace(self.path)

    def load(self, device: torch.device, **parts: Any) -> FitState:
        """Continue where the file stands, a new state where there is none.

        Raises:
            BadInputError: if the file is damaged, or belongs to another run.
            StoreError: if another version of kgp wrote it.
        """
        if not self.path.exists():
            return FitState()
        content = self._read(device)
        for name, part in parts.items():
            part.load_state_dict(content[name])
        return FitState(**content["state"])

    def _read(self, device: torch.device) -> dict[str, Any]:
        try:
            content: dict[str, Any] = torch.load(self.path, device, weights_only=True)
            version, known = content["format"], RunFacts.from_json(content["facts"])
        except Exception as error:  # torch raises whatever the damaged bytes lead to
            raise BadInputError(
                f"{self.path} is damaged ({type(error).__name__}).",
                hint="Without it training starts at its beginning.",
                command=f"rm {self.path}",
            ) from error
        if version != FORMAT:
            raise StoreError(
                f"{self.path} has format {version}; this kgp reads {FORMAT}.",
                hint="Remove it, or continue with the version of kgp that wrote it.",
                command=f"rm {self.path}",
            )
        if known.identity != self.facts.identity:
            raise BadInputError(
                f"{self.path} belongs to another run.",
                hint="\n".join(known.differences(self.facts)),
                command=f"rm {self.path}",
            )
        return content
