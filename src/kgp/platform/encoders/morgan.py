"""Molecules: Morgan counts (ECFP4) followed by standardised RDKit descriptors.

The descriptors are standardised with the constants of ``descriptor_reference.csv`` (LINCS small
molecules; written by ``scripts/make_descriptor_reference.py``), not with those of the molecules
at hand: a molecule's vector never depends on its company, and a new molecule has one too.
"""

from __future__ import annotations

import csv
import hashlib
from functools import cached_property
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np
import rdkit
from rdkit import rdBase
from rdkit.Chem import Descriptors, rdFingerprintGenerator

from kgp.platform.encoders.base import Encoded, gather
from kgp.platform.encoders.molecules import read_molecule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from rdkit.Chem import Mol

FINGERPRINT_SIZE = 2048
"""The first columns of the vector are the counts, the others the descriptors."""

RADIUS = 2
BOUND = 4.0
REFERENCE = "descriptor_reference.csv"


def describe(molecule: Mol) -> dict[str, float]:
    """Return every RDKit descriptor of a molecule; NaN for one that cannot be computed."""
    calculate: Any = Descriptors.CalcMolDescriptors  # RDKit leaves it without annotations
    with rdBase.BlockLogs():
        return dict(calculate(molecule, missingVal=np.nan, silent=True))


class MorganEncoder:
    """``[counts 2048 | descriptors]``, float32; descriptors standardised and bounded to ±4.

    Counts: Morgan fingerprint of radius 2 (Rogers & Hahn 2010, doi:10.1021/ci100050t). Ipc is not
    among the descriptors: it overflows. A descriptor that RDKit cannot compute for a molecule (a
    partial charge beside a metal) takes the reference mean, 0.
    """

    name = "morgan"
    pooling = ""
    reads = "smiles"

    def __init__(self) -> None:
        reference = hashlib.sha256(self._reference_text.encode()).hexdigest()[:16]
        self.revision = f"rdkit {rdkit.__version__} reference:{reference}"
        self._generator = rdFingerprintGenerator.GetMorganGenerator(
            radius=RADIUS, fpSize=FINGERPRINT_SIZE
        )

    @property
    def _reference_text(self) -> str:
        return files("kgp.platform.encoders").joinpath(REFERENCE).read_text("utf-8")

    @cached_property
    def _reference(self) -> list[tuple[str, NDArray[np.float64]]]:
        """Descriptor name → lower and upper bound, mean, standard deviation."""
        rows = csv.DictReader(self._reference_text.splitlines())
        keys = ("low", "high", "mean", "std")
        return [(row["name"], np.array([float(row[key]) for key in keys])) for row in rows]

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return FINGERPRINT_SIZE + len(self._reference)

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Encode SMILES; what RDKit rejects is masked."""
        return gather([self._one(text) for text in texts], self.dimension)

    def _one(self, smiles: str) -> NDArray[np.float32] | None:
        molecule = read_molecule(smiles)
        if molecule is None:
            return None
        counts = self._generator.GetCountFingerprintAsNumPy(molecule).astype(np.float32)
        return np.concatenate([counts, self._standardise(describe(molecule))])

    def _standardise(self, computed: dict[str, float]) -> NDArray[np.float32]:
        raw = np.array([computed.get(name, np.nan) for name, _ in self._reference], float)
        low, high, mean, std = np.stack([limits for _, limits in self._reference]).T
        raw = np.where(np.isfinite(raw), raw, mean)
        standard: NDArray[np.float64] = (np.clip(raw, low, high) - mean) / std
        return np.clip(standard, -BOUND, BOUND).astype(np.float32)
