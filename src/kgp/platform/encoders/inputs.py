"""What a model reads: a molecule, a protein or a text, in the form that it was trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from kgp.platform.encoders.recipes import Input

_AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
_PROBE = _AMINO_ACIDS * 6
"""Longer than the 100 letters at which a WordPiece tokenizer gives a word up."""

_RARE = str.maketrans("UZOB", "XXXX")


def prepare_text(text: str) -> str | None:
    """Strip; None for an empty text."""
    return text.strip() or None


def prepare_molecule(smiles: str) -> str | None:
    """Canonical SMILES of the largest fragment without stereochemistry, as MoLFormer was trained.

    Returns:
        None where RDKit rejects the molecule.
    """
    from rdkit import Chem

    from kgp.platform.encoders.molecules import read_molecule

    molecule = read_molecule(smiles.strip())
    return None if molecule is None else str(Chem.MolToSmiles(molecule, isomericSmiles=False))


def prepare_protein(sequence: str) -> str | None:
    """Upper case, without white space and the stop's ``*``; None without an amino acid."""
    letters = "".join(sequence.split()).upper().rstrip("*")
    return letters if any(letter in _AMINO_ACIDS for letter in letters) else None


def prepare_spaced_protein(sequence: str) -> str | None:
    """Letters apart, rare ones as X: what ProtBERT and its kin were trained on."""
    letters = prepare_protein(sequence)
    return None if letters is None else " ".join(letters.translate(_RARE))


def choose(kind: Input, tokenizer: Any) -> Callable[[str], str | None] | None:
    """Return the preparation for a tokenizer; None for one that does not know amino acids.

    Whether it wants the letters of a protein apart is asked of the tokenizer itself.
    """
    if kind == "molecule":
        return prepare_molecule
    if kind == "text":
        return prepare_text
    if tokenizer.unk_token_id is None or tokenizer.unk_token_id not in _ids(tokenizer, _PROBE):
        return prepare_protein
    if tokenizer.unk_token_id not in _ids(tokenizer, " ".join(_PROBE)):
        return prepare_spaced_protein
    return None


def _ids(tokenizer: Any, text: str) -> list[int]:
    ids: list[int] = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids
