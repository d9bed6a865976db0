"""Each text once, the longest first, in shards that a kill cannot halve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgp.errors import StoreUnavailableError
from kgp.platform.embed_encoding import encode_all
from kgp.platform.encoders import Encoded, EncoderOptions, load_encoder
from kgp.platform.encoders.batching import cut, longest_first
from kgp.platform.encoders.composition import CompositionEncoder
from kgp.progress import SilentProgress
from tests.tiny_models import WORDS, write_bert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kgp.platform.encoders import Encoder

PROTEINS = ["MKV", "M" * 40, "-", "MKV", "ACDEFG", "KR" * 9, "W"]


class Interrupted(CompositionEncoder):
    """Counts what it is asked, and is interrupted after so many shards."""

    def __init__(self, shards: int) -> None:
        self.shards = shards
        self.asked: list[list[str]] = []

    def encode(self, texts: Sequence[str]) -> Encoded:
        if len(self.asked) == self.shards:
            raise KeyboardInterrupt
        self.asked.append(list(texts))
        return super().encode(texts)


@pytest.fixture(autouse=True)
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kgp.platform.embed_encoding.SHARD_TEXTS", 2)


def encode(encoder: Encoder, texts: list[str], cache: Path | None = None) -> Encoded:
    return encode_all(encoder, texts, cache, SilentProgress()).encoded


def test_vectors_come_in_the_order_of_the_texts() -> None:
    found, expected = encode(CompositionEncoder(), PROTEINS), CompositionEncoder().encode(PROTEINS)
    np.testing.assert_array_equal(found.vectors, expected.vectors)
    np.testing.assert_array_equal(found.mask, expected.mask)


def test_equal_texts_are_encoded_once_and_long_ones_first() -> None:
    encoder = Interrupted(100)
    encode(encoder, PROTEINS)
    asked = [text for shard in encoder.asked for text in shard]
    assert sorted(asked) == sorted(set(PROTEINS))
    assert [len(text) for text in asked] == sorted(map(len, asked), reverse=True)


def test_what_is_cached_is_not_encoded_again(tmp_path: Path) -> None:
    first = encode(CompositionEncoder(), PROTEINS, tmp_path)
    again = encode(Interrupted(0), PROTEINS, tmp_path)
    np.testing.assert_array_equal(again.vectors, first.vectors)
    np.testing.assert_array_equal(again.mask, first.mask)
    assert encode_all(Interrupted(0), PROTEINS, tmp_path, SilentProgress()).reused == 6


def test_an_interrupted_run_continues_with_the_batches_of_an_undisturbed_one(
    tmp_path: Path,
) -> None:
    undisturbed, first, second = Interrupted(100), Interrupted(2), Interrupted(100)
    encode(undisturbed, PROTEINS)
    with pytest.raises(KeyboardInterrupt):
        encode(first, PROTEINS, tmp_path)
    encode(second, PROTEINS, tmp_path)
    assert first.asked + second.asked == undisturbed.asked


def test_a_transformer_that_was_interrupted_gives_the_same_bytes(tmp_path: Path) -> None:
    model = write_bert(tmp_path / "model", WORDS)
    encoder = load_encoder("biobert", EncoderOptions(str(model), device="cpu", batch_tokens=16))
    texts = [" ".join(WORDS[: 1 + n % 9]) + " cell" * (n % 4) for n in range(14)]
    whole = encode(encoder, texts)
    # What a run that was killed half way leaves: the shards of the longest texts.
    encode(encoder, texts, tmp_path / "cache")
    for shard in sorted((tmp_path / "cache").glob("*/*.npz"))[::2]:
        shard.unlink()
    continued = encode(encoder, texts, tmp_path / "cache")
    np.testing.assert_allclose(continued.vectors, whole.vectors, atol=1e-6)
    assert encode(encoder, texts, tmp_path / "cache").vectors.tobytes() == (
        continued.vectors.tobytes()
    )


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 cut short", None])
def test_a_damaged_shard_is_computed_again(tmp_path: Path, damage: bytes | None) -> None:
    first = encode(CompositionEncoder(), PROTEINS, tmp_path)
    shard = sorted(tmp_path.glob("*/*.npz"))[0]
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 0xFF
    shard.write_bytes(bytes(content) if damage is None else damage)
    again = encode(CompositionEncoder(), PROTEINS, tmp_path)
    np.testing.assert_array_equal(again.vectors, first.vectors)


def test_another_revision_reads_nothing_of_the_former(tmp_path: Path) -> None:
    encode(CompositionEncoder(), PROTEINS, tmp_path)
    newer = Interrupted(100)
    newer.revision = "2"
    encode(newer, PROTEINS, tmp_path)
    assert newer.asked


def test_a_cache_that_cannot_be_written_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailableError, match="Cannot write the cache") as caught:
        encode(CompositionEncoder(), PROTEINS, tmp_path / "file")
    assert "KGP_CACHE" in caught.value.hint


lengths = st.lists(st.integers(0, 50), max_size=40).map(lambda found: np.array(found, np.int64))


@given(lengths, st.integers(1, 200), st.integers(0, 7))
def test_batches_hold_everything_once_and_no_more_than_the_budget(
    items: np.ndarray, budget: int, most: int
) -> None:
    ordered = items[longest_first(items)]
    parts = [ordered[part] for part in cut(ordered, budget, most)]
    np.testing.assert_array_equal(np.concatenate([*parts, ordered[:0]]), ordered)
    for part in parts:
        assert len(part) == 1 or len(part) * part[0] <= budget
        assert not most or len(part) <= most


@given(lengths, st.integers(1, 200))
def test_the_rest_of_a_sequence_is_cut_as_it_would_have_been(
    items: np.ndarray, budget: int
) -> None:
    ordered = items[longest_first(items)]
    ends = [part.stop for part in cut(ordered, budget)]
    for done in ends:
        rest = [done + part.stop for part in cut(ordered[done:], budget)]
        assert rest == [end for end in ends if end > done]
