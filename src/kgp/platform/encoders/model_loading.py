"""Reading a model with transformers: configuration, tokenizer and weights, in clear words."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transformers import AutoConfig, AutoModel, AutoTokenizer
from transformers.utils import logging

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import torch

    from kgp.platform.encoders.model_folder import ModelFolder


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model's folder, read part by part; nothing is fetched.

    Args:
        folder: the folder.
        encoder: name of the encoder, for what an error advises.
        trust: run the Python code that lies in the folder.
    """

    folder: ModelFolder
    encoder: str
    trust: bool

    def config(self) -> Any:
        """Read the configuration.

        Raises:
            BadInputError: if transformers cannot; so do the other parts.
        """
        return self._load(AutoConfig)

    def tokenizer(self) -> Any:
        """Read the tokenizer, a fast one: only these cut windows."""
        tokenizer = self._load(AutoTokenizer)
        if not tokenizer.is_fast:
            raise BadInputError(
                f"The tokenizer of {self.folder.name} has no tokenizer.json, nor can one be made.",
                hint="Windows over long texts need a fast tokenizer.",
            )
        return tokenizer

    def weights(self, device: torch.device, precision: torch.dtype) -> Any:
        """Read the network, from safetensors only, and refuse one that lacks a tensor."""
        model, told = self._load(
            AutoModel, output_loading_info=True, use_safetensors=True, dtype=precision
        )
        lost = sorted(key for key in told["missing_keys"] if "pooler" not in key)
        if lost:
            raise BadInputError(
                f"The weights of {self.folder.name} lack {len(lost)} tensors, such as {lost[0]}.",
                hint="Random ones would stand in for them; kgp computes no vector by chance.",
            )
        return model.to(device).eval()

    def _load(self, kind: Any, **more: Any) -> Any:
        """Let transformers read a part; its own words become one clear error."""
        with _quiet():
            try:
                return kind.from_pretrained(
                    self.folder.path, local_files_only=True, trust_remote_code=self.trust, **more
                )
            except (OSError, ValueError, RuntimeError, LookupError, ImportError) as error:
                raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> BadInputError:
        if "trust_remote_code" in str(error):
            return BadInputError(
                f"The model {self.folder.name} is run by Python code in its own folder.",
                hint=f"Read *.py in {self.folder.path}; if you trust it, say so.",
                command=f"kgp embed {self.encoder} --trust-remote-code",
            )
        said = str(error).strip().partition("\n")[0]
        return BadInputError(
            f"transformers cannot read the model in {self.folder.path}: {said}",
            hint="The folder holds what the hub gave, unchanged.",
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence transformers' own bars and warnings: kgp shows its own."""
    bars: Any = logging  # transformers leaves its switches without annotations
    before = bars.get_verbosity()
    bars.set_verbosity_error()
    bars.disable_progress_bar()
    try:
        yield
    finally:
        bars.set_verbosity(before)
        bars.enable_progress_bar()
