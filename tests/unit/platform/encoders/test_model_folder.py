"""Where a model is found without a network, and what is said when it is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from kgp.errors import BadInputError, MissingExtraError
from kgp.platform.encoders import EncoderOptions, load_encoder
from kgp.platform.encoders.model_folder import find_model
from tests.tiny_models import COMMIT, WORDS, as_in_hub, write_bert

if TYPE_CHECKING:
    from pathlib import Path

NAME = "kgp-test/tiny-bert"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("models") / "tiny", WORDS)


@pytest.fixture
def copy(model: Path, tmp_path: Path) -> Path:
    """A folder of the model that a test may damage."""
    (tmp_path / "tiny").mkdir()
    for path in model.iterdir():
        (tmp_path / "tiny" / path.name).write_bytes(path.read_bytes())
    return tmp_path / "tiny"


def test_a_folder_is_taken_as_it_is(model: Path) -> None:
    found = find_model(str(model), NAME)
    assert (found.path, found.name) == (model, "tiny")


def test_a_folder_of_the_hubs_cache_is_its_last_commit(model: Path, tmp_path: Path) -> None:
    home = as_in_hub(model, NAME, tmp_path)
    found = find_model(str(home), "another/model")
    assert (found.path, found.name) == (home / "snapshots" / COMMIT, NAME)
    assert found.digest() == find_model(str(model), NAME).digest()


def test_a_folder_that_is_not_there_is_answered_with_the_command_that_makes_it() -> None:
    with pytest.raises(MissingExtraError, match=r"no model folder '\./nowhere'") as caught:
        load_encoder("protein-bert", EncoderOptions("./nowhere"))
    assert caught.value.command == "hf download unikei/bert-base-proteins --local-dir ./nowhere"


@pytest.mark.parametrize(
    ("asked", "command"),
    [
        ("", f"hf download {NAME}"),
        ("org/other", "hf download org/other"),
        ("org/other@v1", "hf download org/other --revision v1"),
    ],
)
def test_a_name_that_is_not_in_the_cache_is_answered_with_the_command_that_fetches_it(
    asked: str, command: str
) -> None:
    with pytest.raises(MissingExtraError, match="not on this machine") as caught:
        find_model(asked, NAME)
    assert caught.value.command == command


@pytest.mark.parametrize(
    ("removed", "message"),
    [
        (["config.json"], "lacks config.json"),
        (["tokenizer.json", "vocab.txt"], "lacks a tokenizer"),
        (["model.safetensors"], "lacks model.safetensors"),
    ],
)
def test_a_folder_that_lacks_a_part_says_which(
    copy: Path, removed: list[str], message: str
) -> None:
    for name in removed:
        (copy / name).unlink(missing_ok=True)
    with pytest.raises(BadInputError, match=message) as caught:
        find_model(str(copy), NAME)
    assert caught.value.command == f"hf download {NAME} --local-dir {copy}"


def test_pickled_weights_are_not_opened_but_converted_by_a_command(copy: Path) -> None:
    (copy / "model.safetensors").rename(copy / "pytorch_model.bin")
    with pytest.raises(BadInputError, match="as a pickle only") as caught:
        find_model(str(copy), NAME)
    assert "save_pretrained" in caught.value.command


def test_weights_that_lack_a_tensor_are_refused_and_not_drawn_at_random(copy: Path) -> None:
    from safetensors.torch import load_file, save_file

    tensors = load_file(copy / "model.safetensors")
    del tensors["encoder.layer.1.output.dense.weight"]
    save_file(tensors, copy / "model.safetensors", {"format": "pt"})
    with pytest.raises(BadInputError, match=r"lack 1 tensors, such as encoder\.layer\.1"):
        load_encoder("biobert", EncoderOptions(str(copy), device="cpu")).encode(["dna"])


def test_code_in_a_folder_is_not_run_unless_it_is_trusted(copy: Path) -> None:
    config = json.loads((copy / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.OwnConfig"}}
    (copy / "config.json").write_text(json.dumps(config))
    (copy / "own.py").write_text(f"open({str(copy / 'ran')!r}, 'w')\n")
    with pytest.raises(BadInputError, match="run by Python code") as caught:
        _ = load_encoder("molformer", EncoderOptions(str(copy), device="cpu")).dimension
    assert caught.value.command == "kgp embed molformer --trust-remote-code"
    assert not (copy / "ran").exists()


@pytest.mark.parametrize("content", ["{", "[]"])
def test_a_damaged_configuration_is_one_clear_error(copy: Path, content: str) -> None:
    (copy / "config.json").write_text(content)
    with pytest.raises(BadInputError, match="cannot read the model"):
        _ = load_encoder("biobert", EncoderOptions(str(copy), device="cpu")).dimension


def test_a_layer_after_the_pooling_is_refused_with_what_to_do(copy: Path) -> None:
    modules = [{"type": f"sentence_transformers.models.{k}"} for k in ("Transformer", "Dense")]
    (copy / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(BadInputError, match="after its pooling: Dense"):
        load_encoder("sentence-transformers", EncoderOptions(str(copy), device="cpu"))


def test_a_model_of_texts_is_not_taken_for_one_of_proteins(model: Path) -> None:
    with pytest.raises(BadInputError, match="does not know amino acids") as caught:
        load_encoder("protein-bert", EncoderOptions(str(model), device="cpu")).encode(["MKV"])
    assert caught.value.command.startswith("kgp embed sentence-transformers --model")
