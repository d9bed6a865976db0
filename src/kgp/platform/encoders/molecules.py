"""Reading molecules: parsed once, the largest fragment kept, RDKit's own messages silenced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdkit import Chem, rdBase
from rdkit.Chem.MolStandardize import rdMolStandardize

if TYPE_CHECKING:
    from rdkit.Chem import Mol


def read_molecule(smiles: str) -> Mol | None:
    """Parse SMILES and keep the largest fragment, so that a salt equals its free form.

    Returns:
        The molecule, or None where RDKit rejects the text or it names no atom.
    """
    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles) if smiles else None
        if molecule is None or not molecule.GetNumAtoms():
            return None
        if "." in smiles:
            molecule = rdMolStandardize.LargestFragmentChooser().choose(molecule)
        return molecule
