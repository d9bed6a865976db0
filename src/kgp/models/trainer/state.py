"""Where a training run stands, on disk."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from kgp.errors import BadInputError
from kgp.models.trainer.facts import RunFacts
from kgp.models.trainer.saved import read_saved, write_saved

if TYPE_CHECKING:
    from pathlib import Path

    import torch

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
        content = {"facts": self.facts.to_json(), "state": asdict(state)}
        content |= {name: part.state_dict() for name, part in parts.items()}
        write_saved(self.path, FORMAT, content)

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
        command = f"rm {self.path}"
        content = read_saved(self.path, FORMAT, command, device)
        known = RunFacts.from_json(content["facts"])
        if known.identity != self.facts.identity:
            raise BadInputError(
                f"{self.path} belongs to another run.",
                hint="\n".join(known.differences(self.facts)),
                command=command,
            )
        return content
