"""The encoders by name; each is imported only when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from kgp.errors import BadInputError, unknown

if TYPE_CHECKING:
    from kgp.platform.encoders.base import Encoder

ENCODERS: dict[str, tuple[str, str]] = {
    "composition": ("CompositionEncoder", "protein sequence: amino acids, pairs, chemistry"),
    "minilm": ("MiniLMEncoder", "text: sentence transformer all-MiniLM-L6-v2"),
    "morgan": ("MorganEncoder", "molecule: Morgan counts and RDKit descriptors"),
}
"""Name → class and what it is for; the module has the encoder's name."""


def load_encoder(name: str) -> Encoder:
    """Return the encoder ``name``.

    Raises:
        BadInputError: if there is none of that name.
        MissingExtraError: if a package that it needs is not installed.
    """
    if name not in ENCODERS:
        raise BadInputError(unknown("encoder", name, ENCODERS, command="kgp embed --help"))
    module = import_module(f"kgp.platform.encoders.{name}")
    encoder: Encoder = getattr(module, ENCODERS[name][0])()
    return encoder
