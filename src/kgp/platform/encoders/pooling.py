"""From the vectors of tokens to the vector of a text, as the model's own folder states it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.errors import BadInputError, unknown

if TYPE_CHECKING:
    from torch import Tensor

    from kgp.platform.encoders.model_folder import ModelFolder

_FILE = "1_Pooling/config.json"
_FLAGS = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
MODES = ("cls", "max", "mean", "mean_sqrt_len")


@dataclass(frozen=True, slots=True)
class Pooling:
    """How tokens become one vector.

    Args:
        mode: one of ``MODES``; special tokens count, as in sentence-transformers.
        normalise: whether the vector is scaled to length 1.
    """

    mode: str
    normalise: bool

    def __str__(self) -> str:
        return f"{self.mode}, length 1" if self.normalise else self.mode

    def pool(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Pool.

        Args:
            hidden: float32 [texts, tokens, dimension].
            mask: bool [texts, tokens], False for padding.

        Returns:
            float32 [texts, dimension], not yet normalised.
        """
        if self.mode == "cls":
            return hidden[:, 0]
        weight = mask.unsqueeze(-1)
        if self.mode == "max":
            return hidden.masked_fill(~weight, float("-inf")).amax(1)
        total, tokens = (hidden * weight).sum(1), weight.sum(1)
        return total / (tokens.sqrt() if self.mode == "mean_sqrt_len" else tokens)


def read_pooling(folder: ModelFolder, default: str) -> Pooling:
    """Return the pooling that a folder states in ``1_Pooling/config.json`` and ``modules.json``.

    Args:
        folder: the model's folder.
        default: the mode where it states none.

    Raises:
        BadInputError: for a pooling, or a layer after it, that kgp does not compute.
    """
    stated = folder.read(_FILE)
    modules = [str(module.get("type", "")) for module in folder.read("modules.json") or []]
    layers = [kind.rpartition(".")[2] for kind in modules]
    strange = set(layers) - {"Transformer", "Pooling", "Normalize"}
    if strange:
        raise BadInputError(
            f"The model {folder.name} has layers after its pooling: {', '.join(sorted(strange))}.",
            hint="kgp computes Transformer, Pooling and Normalize. Compute the vectors with the "
            "model's own library, then load them.",
            command="kgp embed --from VECTORS.npy --ids IDS.txt --name NAME",
        )
    modes = stated.get("pooling_mode") or [
        mode for flag, mode in _FLAGS.items() if stated.get(flag)
    ]
    chosen = [modes] if isinstance(modes, str) else [str(mode) for mode in modes] or [default]
    mode = "+".join(chosen).replace("mean_sqrt_len_tokens", "mean_sqrt_len")
    if mode not in MODES:
        raise BadInputError(unknown(f"pooling of the model {folder.name}:", mode, MODES))
    return Pooling(mode, "Normalize" in layers)
