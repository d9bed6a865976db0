"""Encoding many texts: each once, the longest first, in shards that outlive a kill."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kgp.platform.encoders import Encoded
from kgp.platform.encoders.batching import cut, longest_first
from kgp.platform.encoders.cache import VectorCache, text_digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from kgp.platform.encoders import Encoder
    from kgp.progress import Step

SHARD_TEXTS = 1_024
SHARD_CHARACTERS = 65_536
"""What a shard holds at most; a kill loses the work on one shard."""


@dataclass(frozen=True, slots=True)
class EncodedAll:
    """Vectors of all texts.

    Args:
        encoded: vectors and mask in the order of the texts.
        reused: different texts whose vectors the cache had.
        rate: texts a second, in words; empty where nothing had to be encoded.
    """

    encoded: Encoded
    reused: int
    rate: str


def encode_all(
    encoder: Encoder, texts: Sequence[str], cache: Path | None, step: Step
) -> EncodedAll:
    """Encode every different text once.

    Shards are cut from what is left to do, the longest first; so a run that was interrupted goes
    on with the very batches that an undisturbed one makes, and the vectors are equal to the bit.

    Args:
        encoder: the encoder.
        texts: the texts.
        cache: folder of the vectors of earlier runs; None to keep nothing.
        step: counts the texts that are done.
    """
    digests = [text_digest(text) for text in texts]
    counts = Counter(digests)
    rows = {digest: row for row, digest in enumerate(counts)}
    unlike = dict(zip(digests, texts, strict=True))
    kept = VectorCache(cache, encoder) if cache else None
    done, found = kept.read(rows) if kept else (_nothing(len(rows), encoder.dimension), set())
    step.advance(sum(counts[digest] for digest in found))
    clock, note = _Clock(sum(len(unlike[digest]) for digest in rows if digest not in found)), ""
    for shard in _shards({digest: unlike[digest] for digest in rows if digest not in found}):
        encoded = encoder.encode(list(shard.values()))
        if kept:
            kept.add(list(shard), encoded)
        places = [rows[digest] for digest in shard]
        done.vectors[places], done.mask[places] = encoded.vectors, encoded.mask
        note = encoded.note or note
        step.advance(sum(counts[digest] for digest in shard))
        step.note(clock.tell(shard.values()))
    back = [rows[digest] for digest in digests]
    everything = Encoded(done.vectors[back], done.mask[back], note)
    return EncodedAll(everything, len(found), clock.rate)


def _nothing(texts: int, dimension: int) -> Encoded:
    return Encoded(np.zeros((texts, dimension), np.float32), np.zeros(texts, np.bool_))


def _shards(texts: Mapping[bytes, str]) -> Iterator[dict[bytes, str]]:
    """Cut texts into shards, the longest first, equally long ones by their hash."""
    digests = sorted(texts)
    lengths = np.array([len(texts[digest]) for digest in digests], np.int64)
    order = longest_first(lengths)
    for part in cut(lengths[order], SHARD_CHARACTERS, SHARD_TEXTS):
        chosen = [digests[int(place)] for place in order[part]]
        yield {digest: texts[digest] for digest in chosen}


class _Clock:
    """Rate and time left, by characters: the longest texts come first.

    Args:
        characters: all there are to encode.
    """

    def __init__(self, characters: int) -> None:
        self._start = time.monotonic()
        self._characters = characters
        self._texts = self._read = 0
        self.rate = ""

    def tell(self, texts: Iterable[str]) -> str:
        """Count texts that are done; say the rate and the time left."""
        for text in texts:
            self._texts += 1
            self._read += len(text)
        seconds = max(time.monotonic() - self._start, 1e-3)
        left = seconds * (self._characters - self._read) / max(1, self._read)
        self.rate = f"{self._texts / seconds:,.0f} texts/s"
        return f"{self.rate}, {_span(left)} left"


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
