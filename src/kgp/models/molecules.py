"""What the splits and kernels need to know about molecules: scaffold, identity, counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from rdkit import Chem, rdBase
from rdkit.Chem import rdFingerprintGenerator
from rdkit.Chem.Scaffolds import MurckoScaffold

from kgp.platform.encoders.molecules import read_molecule
from kgp.platform.encoders.morgan import FINGERPRINT_SIZE, RADIUS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from rdkit.Chem import Mol


@dataclass(frozen=True, slots=True)
class Molecules:
    """Molecules in rows.

    Args:
        scaffolds: Bemis-Murcko scaffold (SMILES without stereo), empty for acyclic molecules.
        blocks: first block of the InChIKey, the same for stereoisomers and isotopes.
        counts: float32 [molecules, 2048], Morgan counts of radius 2.
    """

    scaffolds: tuple[str, ...]
    blocks: tuple[str, ...]
    counts: NDArray[np.float32]


def describe_molecules(smiles: Sequence[str]) -> tuple[Molecules, NDArray[np.bool_]]:
    """Read molecules; returns those that RDKit can read, and bool [smiles] which these are."""
    parsed = [read_molecule(text) for text in smiles]
    kept = [molecule for molecule in parsed if molecule is not None]
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=RADIUS, fpSize=FINGERPRINT_SIZE)
    counts = np.zeros((len(kept), FINGERPRINT_SIZE), np.float32)
    for row, molecule in enumerate(kept):
        counts[row] = generator.GetCountFingerprintAsNumPy(molecule)
    scaffolds, blocks = map(scaffold_of, kept), map(block_of, kept)
    read = np.array([molecule is not None for molecule in parsed], np.bool_)
    return Molecules(tuple(scaffolds), tuple(blocks), counts), read


def scaffold_of(molecule: Mol) -> str:
    """Bemis-Murcko scaffold (1996, doi:10.1021/jm9602928); empty for an acyclic molecule."""
    flat = Chem.Mol(molecule)
    Chem.RemoveStereochemistry(flat)
    scaffold: Any = MurckoScaffold.GetScaffoldForMol  # RDKit leaves it without annotations
    return str(Chem.MolToSmiles(scaffold(flat)))


def block_of(molecule: Mol) -> str:
    """First block of the InChIKey: the connectivity; empty where InChI has no answer."""
    with rdBase.BlockLogs():
        to_key: Any = Chem.MolToInchiKey  # RDKit leaves it without annotations
        return str(to_key(molecule)).partition("-")[0]
