"""Transformers of two small layers, written to disk as the hub's own tools write them."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWYX"
SMILES = ("C", "c", "O", "o", "N", "n", "S", "(", ")", "=", "#", "1", "2", "[", "]", "+", "-", "H")
WORDS = ("cell", "death", "of", "a", "tumour", "dna", "repair", "price", "bread", "##s")
SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
COMMIT = "0123456789abcdef0123456789abcdef01234567"


def write_bert(folder: Path, vocabulary: Sequence[str], *, places: int = 32, seed: int = 0) -> Path:
    """Write a BERT whose WordPiece tokenizer has ``vocabulary``, as ``save_pretrained`` does.

    Args:
        folder: where.
        vocabulary: tokens beside the special ones.
        places: longest input, special tokens included.
        seed: of the weights.
    """
    from transformers import BertTokenizerFast

    tokens = [*SPECIAL, *vocabulary]
    tokenizer = BertTokenizerFast(
        vocab={token: place for place, token in enumerate(tokens)},
        do_lower_case=False,
        model_max_length=places,
    )
    _write(folder, tokenizer, len(tokens), places, seed)
    return folder


def write_letter_bert(folder: Path, letters: Sequence[str], *, places: int = 32) -> Path:
    """Write a BERT whose tokenizer takes a text letter by letter, without spaces."""
    from tokenizers import Regex, Tokenizer, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    tokens = [*SPECIAL, *letters]
    raw = Tokenizer(models.WordLevel({t: n for n, t in enumerate(tokens)}, unk_token="[UNK]"))
    raw.pre_tokenizer = pre_tokenizers.Split(Regex("."), "isolated")
    raw.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"}
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=raw,
        model_max_length=places,
        **{f"{name}_token": token for name, token in names.items()},
    )
    _write(folder, tokenizer, len(tokens), places, 0)
    return folder


def _write(folder: Path, tokenizer: Any, size: int, places: int, seed: int) -> None:
    import torch
    from transformers import BertConfig, BertModel

    folder.mkdir(parents=True, exist_ok=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = BertModel(
            BertConfig(
                vocab_size=size,
                hidden_size=16,
                num_hidden_layers=2,
                num_attention_heads=2,
                intermediate_size=32,
                max_position_embeddings=places,
                # Far from the usual .02, so that vectors of different texts are far apart.
                initializer_range=0.5,
            )
        )
    network.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def write_pooling(folder: Path, mode: str, *, normalise: bool, old: bool = False) -> None:
    """Write the pooling as sentence-transformers does, ``old`` as it did before version 5."""
    (folder / "1_Pooling").mkdir(exist_ok=True)
    stated = (
        {f"pooling_mode_{mode}_token" + ("" if mode == "cls" else "s"): True}
        if old
        else {"pooling_mode": mode}
    )
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(stated))
    kinds = ["Transformer", "Pooling", *(["Normalize"] if normalise else [])]
    paths = ["", "1_Pooling", "2_Normalize"]
    modules = [
        {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for n, (kind, path) in enumerate(zip(kinds, paths, strict=False))
    ]
    (folder / "modules.json").write_text(json.dumps(modules))


def as_in_hub(folder: Path, name: str, cache: Path) -> Path:
    """Copy a model into the layout of the hub's cache; return the folder of the model there."""
    home = cache / f"models--{name.replace('/', '--')}"
    shutil.copytree(folder, home / "snapshots" / COMMIT)
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text(COMMIT)
    return home
