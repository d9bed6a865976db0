"""The encoders by name; each is imported only when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from kgp.errors import BadInputError, MissingExtraError, unknown
from kgp.platform.encoders.base import EncoderOptions
from kgp.platform.encoders.model_folder import model_of
from kgp.platform.encoders.recipes import RECIPES

if TYPE_CHECKING:
    from kgp.platform.encoders.base import Encoder

_COMPUTED = {
    "composition": ("CompositionEncoder", "protein sequence: amino acids, pairs, chemistry"),
    "morgan": ("MorganEncoder", "molecule: Morgan counts and RDKit descriptors"),
}
"""Encoders without weights: name → class and what it is for; the module has the encoder's name."""

ENCODERS: dict[str, str] = {
    **{name: about for name, (_, about) in _COMPUTED.items()},
    **{name: recipe.about for name, recipe in RECIPES.items()},
}
"""Name → what the encoder is for."""


def load_encoder(name: str, options: EncoderOptions | None = None) -> Encoder:
    """Return the encoder ``name``.

    Args:
        name: a key of ``ENCODERS``.
        options: how a transformer is set up; the others need none of it.

    Raises:
        BadInputError: if there is none of that name, or its model cannot be used.
        MissingExtraError: if a package or a model that it needs is not there.
    """
    options = options or EncoderOptions()
    if name in RECIPES:
        return _transformer(name, options)
    if name not in _COMPUTED:
        raise BadInputError(unknown("encoder", name, ENCODERS, command="kgp embed --help"))
    module = import_module(f"kgp.platform.encoders.{name}")
    encoder: Encoder = getattr(module, _COMPUTED[name][0])()
    return encoder


def _transformer(name: str, options: EncoderOptions) -> Encoder:
    folder = model_of(RECIPES[name], options)  # before seconds of imports
    try:
        from kgp.platform.encoders.transformer import TransformerEncoder
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"The package {error.name}, which runs transformers, is not installed.",
            hint="It belongs to the extra that computes embeddings.",
            command="pip install 'kgp[encoders]'",
        ) from error
    return TransformerEncoder(RECIPES[name], options, folder)
