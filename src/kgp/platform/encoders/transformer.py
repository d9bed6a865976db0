"""One engine for all transformers: a model's folder in, vectors of texts out."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from kgp.errors import BadInputError
from kgp.platform.device import choose_device, choose_precision, one_thread_per_batch, out_of_memory
from kgp.platform.encoders.base import Encoded, EncoderOptions
from kgp.platform.encoders.batching import cut, longest_first
from kgp.platform.encoders.inputs import choose
from kgp.platform.encoders.model_loading import ModelFiles
from kgp.platform.encoders.pooling import read_pooling
from kgp.platform.encoders.windows import join, split, window_length

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from kgp.platform.encoders.model_folder import ModelFolder
    from kgp.platform.encoders.recipes import Recipe


BATCH_TOKENS = {"cpu": 4_096, "cuda": 32_768}
"""Tokens of one batch unless another number is asked for."""


class TransformerEncoder:
    """Pooled vectors of a model's last layer: float32 [texts, dimension].

    Texts go through the model in batches of similar length. A text that is longer than the model
    reads is cut, or read in overlapping windows whose vectors are averaged by their length, as the
    recipe says. What has no input (an empty text, a molecule that RDKit rejects) is masked.

    Args:
        recipe: what is read, and how.
        options: the device, the precision, the size of a batch.
        folder: the model.

    Raises:
        BadInputError: for a device, a precision or a pooling that cannot be used.
    """

    def __init__(self, recipe: Recipe, options: EncoderOptions, folder: ModelFolder) -> None:
        self.name = recipe.name
        self.reads = recipe.reads
        self._recipe = recipe
        self._options = options
        self._device = choose_device(options.device)
        self._dtype = choose_precision(options.precision)
        self._budget = options.batch_tokens or BATCH_TOKENS[self._device.type]
        self._folder = folder
        self._files = ModelFiles(self._folder, recipe.name, options.trust_remote_code)
        self._pooling = read_pooling(self._folder, recipe.pooling)
        self.pooling = str(self._pooling)

    @cached_property
    def revision(self) -> str:
        """Model, hash of its files, precision and windows: what decides a vector."""
        read = "windows" if self._recipe.windows else "cut"
        content = self._folder.digest()
        return f"{self._folder.name} {content} {self._options.precision} {read}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._config.hidden_size)

    @cached_property
    def _config(self) -> Any:
        return self._files.config()

    @cached_property
    def _tokenizer(self) -> Any:
        return self._files.tokenizer()

    @cached_property
    def _model(self) -> Any:
        return self._files.weights(self._device, self._dtype)

    @cached_property
    def _prepare(self) -> Callable[[str], str | None]:
        prepare = choose(self._recipe.input, self._tokenizer)
        if prepare is None:
            raise BadInputError(
                f"The tokenizer of {self._folder.name} does not know amino acids.",
                hint=f"{self.name} reads proteins; a model of texts is read by "
                "sentence-transformers.",
                command=f"kgp embed sentence-transformers --model {self._folder.path}",
            )
        return prepare

    @cached_property
    def _window(self) -> int:
        stated = self._folder.read("sentence_bert_config.json").get("max_seq_length") or 0
        return window_length(self._config, self._tokenizer, int(stated))

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Encode texts.

        Raises:
            BadInputError: if one window does not fit into memory, or a vector is not finite.
        """
        prepared = [self._prepare(text) for text in texts]
        mask = np.array([text is not None for text in prepared], np.bool_)
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        before = self._budget
        if mask.any():
            vectors[mask] = self._encode([text for text in prepared if text is not None])
        note = ""
        if self._budget < before:
            note = (
                f"out of memory with {before:,} tokens in a batch, "
                f"continued with {self._budget:,} (--batch-tokens {self._budget})"
            )
        return Encoded(vectors, mask, note)

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        windows = split(self._tokenizer, texts, self._window, windows=self._recipe.windows)
        lengths = windows.lengths
        order = longest_first(lengths)
        parts = [order[part] for part in cut(lengths[order], self._budget)]
        batches = [[windows.ids[int(row)] for row in part] for part in parts]
        pooled = np.zeros((len(order), self.dimension), np.float32)
        model = self._model  # read before the threads start
        with self._mapping() as run:
            for part, vectors in zip(parts, run(partial(self._batch, model), batches), strict=True):
                pooled[part] = vectors
        joined = join(pooled, windows, len(texts))
        if not np.isfinite(joined).all():
            raise BadInputError(
                f"{self._folder.name} in {self._options.precision} gives values that are not "
                "finite.",
                hint="float16 ends at 65,504; bfloat16 reaches as far as float32.",
                command="the same command with --precision bfloat16",
            )
        if self._pooling.normalise:
            norm = np.linalg.norm(joined, axis=1, keepdims=True)
            joined /= np.maximum(norm, np.float32(1e-12))
        return joined

    @contextmanager
    def _mapping(self) -> Iterator[Any]:
        if self._device.type == "cuda":
            yield map
            return
        with one_thread_per_batch() as run:
            yield run

    def _batch(self, model: Any, ids: list[list[int]]) -> NDArray[np.float32]:
        """Pool windows; where memory is short, half of them after the other half."""
        try:
            return self._pooled(model, ids)
        except RuntimeError as error:
            if not out_of_memory(error):
                raise
            longest = max(map(len, ids))
            if len(ids) == 1:
                raise self._too_long(longest) from error
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        half = len(ids) // 2
        self._budget = min(self._budget, longest * half)
        parts = [self._batch(model, part) for part in (ids[:half], ids[half:])]
        return np.concatenate(parts)

    def _too_long(self, longest: int) -> BadInputError:
        return BadInputError(
            f"One window of {longest:,} tokens does not fit into the memory of {self._device}.",
            hint="No batch is smaller. Free memory, or compute in half precision or elsewhere.",
            command="the same command with --precision bfloat16, or with --device cpu",
        )

    def _pooled(self, model: Any, ids: list[list[int]]) -> NDArray[np.float32]:
        lengths = torch.tensor([len(each) for each in ids])
        mask = (torch.arange(int(lengths.max())) < lengths[:, None]).to(self._device)
        rows = [torch.tensor(each) for each in ids]
        padding = self._tokenizer.pad_token_id or 0
        tokens = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=padding)
        with torch.inference_mode():
            said = model(input_ids=tokens.to(self._device), attention_mask=mask.long())
            hidden: Tensor = said.last_hidden_state.float()
            pooled: NDArray[np.float32] = self._pooling.pool(hidden, mask).cpu().numpy()
        return pooled
