"""Small molecules put together from a core and two groups: valid, distinct, mostly unheard of."""

from __future__ import annotations

from functools import lru_cache
from itertools import islice, product
from typing import Any

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
    "CCCC C(=O)NC CNC(C)C OCCC CC(=O)NCC CCN5CCOCC5 COC(C)C C(=O)N5CCCC5 CCc5ccccc5 NC(=O)CC "
    "CCOCC CC5CC5 CCC(C)C C(=O)OCC CNCCO CC(F)(F)F CCCl CCC#N C(=O)NC5CC5 CN5CCN(C)CC5 "
    "CCS(C)(=O)=O CC(C)O CCCCO C5CCCC5 CSCC"
).split()
"""Groups at the second end; their rings have numbers of their own."""


@lru_cache(maxsize=1)
def molecules(n: int) -> tuple[tuple[str, str], ...]:
    """Return ``n`` canonical SMILES with their InChIKeys, no structure twice.

    There are 10,000 of them, more than PrimeKG has drugs.
    """
    from rdkit import Chem

    to_key: Any = Chem.MolToInchiKey  # RDKit leaves it without annotations
    found = []
    for b, a, core in islice(product(RIGHT, LEFT, CORES), n):
        molecule = Chem.MolFromSmiles(core.format(a=a, b=b))
        found.append((Chem.MolToSmiles(molecule), to_key(molecule)))
    return tuple(found)
