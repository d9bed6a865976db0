"""What every encoder offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Encoded:
    """Vectors of some texts.

    Args:
        vectors: float32 [texts, dimension]; zero where the mask is False.
        mask: bool [texts], False for what the encoder cannot read. Such a text has no vector;
            it never gets a random one.
        note: what the user should know of how it went, such as a batch that had to be halved.
    """

    vectors: NDArray[np.float32]
    mask: NDArray[np.bool_]
    note: str = ""


@dataclass(frozen=True, slots=True)
class EncoderOptions:
    """How an encoder that runs a transformer is set up; the others need none of it.

    Args:
        model: a folder, or a name on the hub whose files are in its cache; default the model that
            the encoder is named after.
        device: ``cpu``, ``cuda`` (also ``cuda:1``) or ``auto``, which takes a GPU that is there.
        precision: ``float32``, ``bfloat16`` or ``float16``: what the network computes in. Vectors
            are stored as float32 all the same.
        batch_tokens: tokens of one batch, padding included; 0 for the device's default.
        trust_remote_code: run the Python code that lies in the model's folder.
    """

    model: str = ""
    device: str = "auto"
    precision: str = "float32"
    batch_tokens: int = 0
    trust_remote_code: bool = False


class Encoder(Protocol):
    """A pure function from text to vector: no text's vector depends on the other texts."""

    @property
    def name(self) -> str:
        """Name of the encoder."""

    @property
    def revision(self) -> str:
        """What decides a vector beside the text: versions, hashes, precision."""

    @property
    def pooling(self) -> str:
        """How tokens become one vector; empty where there is nothing to pool."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    @property
    def reads(self) -> str:
        """The node property that is read unless another is asked for."""

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Encode each text."""


def gather(rows: Sequence[NDArray[np.float32] | None], dimension: int) -> Encoded:
    """Stack vectors, None where there is none."""
    vectors = np.zeros((len(rows), dimension), np.float32)
    mask = np.array([row is not None for row in rows], np.bool_)
    for at, row in enumerate(rows):
        if row is not None:
            vectors[at] = row
    return Encoded(vectors, mask)
