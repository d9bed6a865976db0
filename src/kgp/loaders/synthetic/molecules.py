"""Small molecules put together from a core and two groups: valid, distinct, mostly unheard of."""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING, Any

from kgp.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

CORES = (
    "{a}c1ccc({b})cc1",
    "{a}c1cccc({b})c1",
    "{a}c1ccc({b})nc1",
    "{a}c1cnc({b})nc1",
    "{a}c1csc({b})n1",
    "{a}c1cc({b})on1",
    "{a}c1nnc({b})o1",
    "{a}C1CCC({b})CC1",
    "{a}C1CCN({b})CC1",
    "{a}C1CCOC({b})C1",
    "{a}c1ccc2[nH]c({b})cc2c1",
    "{a}c1ccc2nc({b})oc2c1",
    "{a}c1ccc2nc({b})ccc2c1",
    "{a}c1cc({b})n(C)n1",
    "{a}c1ccc({b})s1",
    "{a}C1CC({b})C1",
    "{a}c1cnn(C)c1{b}",
    "{a}c1ccc2cc({b})ccc2c1",
    "{a}C1CCCN1C(=O){b}",
    "{a}c1nc({b})cs1",
)
LEFT = (
    "C CC CCC CC(C) COC CCO CN(C) CS O=C(N) N#C FC(F)(F) Cl F Br CC(=O)N CS(=O)(=O) OC(=O) "
    "NS(=O)(=O) CC(C)(C) COCC"
).split()
RIGHT = (
    "CCCC C(=O)NC CNC(C)C OCCC CC(=O)NCC CCN1CCOCC1 COC(C)C C(=O)N1CCCC1 CCc1ccccc1 NC(=O)CC "
    "CCOCC CC1CC1 CCC(C)C C(=O)OCC CNCCO CC(F)(F)F CCCl CCC#N C(=O)NC1CC1 CN1CCN(C)CC1 "
    "CCS(C)(=O)=O "
    "CC(C)O CCCCO C1CCCC1 CSCC"
).split()


def molecules(n: int) -> list[tuple[str, str]]:
    """Return ``n`` canonical SMILES with their InChIKeys, no structure twice.

    Raises:
        UsageError: if there are fewer.
    """
    found = list(islice(_distinct(), n))
    if len(found) == n:
        return found
    raise UsageError(f"There are {len(found):,} synthetic molecules, not {n:,}.")


def _distinct() -> Iterator[tuple[str, str]]:
    from rdkit import Chem

    to_key: Any = Chem.MolToInchiKey  # RDKit leaves it without annotations
    seen = set()
    for b, a, core in product(RIGHT, LEFT, CORES):
        molecule = Chem.MolFromSmiles(core.format(a=a, b=b))
        smiles = Chem.MolToSmiles(molecule)
        if smiles in seen:
            continue
        seen.add(smiles)
        key = to_key(molecule)
        # Tautomers have SMILES of their own, but one key.
        if key not in seen:
            seen.add(key)
            yield smiles, key
