"""Token windows: a text that is too long for a model is read in overlapping pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MOST_TOKENS = 1_024
"""Longest window, also where a model states none or a longer one: attention grows as its square."""

OVERLAP = 8
"""One part in so many of a window is read again in the next."""


@dataclass(frozen=True, slots=True)
class Windows:
    """The pieces of some texts.

    Args:
        ids: tokens of each window, special ones included.
        text: int64 [windows], which text it is of.
        weight: float64 [windows], tokens of the text in it, special ones not counted; 1 where
            there is nothing else.
    """

    ids: list[list[int]]
    text: NDArray[np.int64]
    weight: NDArray[np.float64]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each window."""
        return np.array([len(each) for each in self.ids], np.int64)


def split(tokenizer: Any, texts: Sequence[str], tokens: int, *, windows: bool) -> Windows:
    """Tokenise and cut into windows of at most ``tokens``.

    Args:
        tokenizer: a fast tokenizer of transformers.
        texts: the texts, none of them empty.
        tokens: length of a window, special tokens included.
        windows: False to keep the first window of each text only.
    """
    special = tokenizer.num_special_tokens_to_add()
    found = tokenizer(
        list(texts),
        truncation=True,
        max_length=tokens,
        stride=(tokens - special) // OVERLAP if windows else 0,
        return_overflowing_tokens=windows,
        return_special_tokens_mask=True,
    )
    owner = found["overflow_to_sample_mapping"] if windows else range(len(texts))
    weight = [max(1, len(mask) - sum(mask)) for mask in found["special_tokens_mask"]]
    return Windows(found["input_ids"], np.fromiter(owner, np.int64), np.array(weight, np.float64))


def join(pooled: NDArray[np.float32], windows: Windows, texts: int) -> NDArray[np.float32]:
    """Average the windows of each text by their weights: float32 [texts, dimension].

    A text of one window keeps that window's vector to the last bit.
    """
    total = np.zeros(texts)
    np.add.at(total, windows.text, windows.weight)
    share = (windows.weight / total[windows.text]).astype(np.float32)
    joined = np.zeros((texts, pooled.shape[1]), np.float32)
    np.add.at(joined, windows.text, pooled * share[:, None])
    return joined


def window_length(config: Any, tokenizer: Any, stated: int) -> int:
    """How many tokens a model reads at once.

    Args:
        config: the model's configuration.
        tokenizer: its tokenizer.
        stated: ``max_seq_length`` of sentence-transformers; 0 where the folder has none.
    """
    places = int(getattr(config, "max_position_embeddings", 0) or MOST_TOKENS)
    if str(config.model_type) in {"roberta", "xlm-roberta", "camembert", "mpnet", "esm"}:
        places -= int(config.pad_token_id or 0) + 1  # their positions start after the padding's
    asked = [places, int(tokenizer.model_max_length), stated or MOST_TOKENS, MOST_TOKENS]
    return min(length for length in asked if length > 0)
