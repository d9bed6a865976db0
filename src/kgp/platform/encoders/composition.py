"""Proteins: amino-acid composition, pairs of neighbours and a few chemical properties.

A documented baseline that needs no weights. Columns, for a sequence of length L:

- 0-19: share of each amino acid, in the order of ``AMINO_ACIDS``;
- 20-419: share of each ordered pair of neighbours among the L - 1 pairs (first letter slowest);
- 420: log10 L; 421: mean hydropathy (Kyte & Doolittle 1982, doi:10.1016/0022-2836(82)90515-0)
  divided by 4.5; 422: net charge per residue (K, R: +1, D, E: -1); 423: share of aromatic
  residues (F, W, Y); 424: share of letters that are not one of the twenty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kgp.platform.encoders.base import Encoded, gather

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

AMINO_ACIDS = "ACDEFGHIKLMNPQRSTVWY"
_KINDS = len(AMINO_ACIDS)
_HYDROPATHY = {
    **{"A": 1.8, "R": -4.5, "N": -3.5, "D": -3.5, "C": 2.5, "Q": -3.5, "E": -3.5, "G": -0.4},
    **{"H": -3.2, "I": 4.5, "L": 3.8, "K": -3.9, "M": 1.9, "F": 2.8, "P": -1.6, "S": -0.8},
    **{"T": -0.7, "W": -0.9, "Y": -1.3, "V": 4.2},
}
_SCALE = np.array([_HYDROPATHY[letter] for letter in AMINO_ACIDS]) / 4.5
_CHARGE = np.array([{"K": 1, "R": 1, "D": -1, "E": -1}.get(a, 0) for a in AMINO_ACIDS])
_AROMATIC = np.array([letter in "FWY" for letter in AMINO_ACIDS])
_LETTER = np.full(128, -1)
_LETTER[[ord(letter) for letter in AMINO_ACIDS]] = np.arange(_KINDS)


class CompositionEncoder:
    """The 425 columns that the module describes, float32."""

    name = "composition"
    revision = "1"
    pooling = "mean"
    reads = "sequence"
    dimension = _KINDS + _KINDS**2 + 5

    def encode(self, texts: Sequence[str]) -> Encoded:
        """Encode amino-acid sequences; one without any of the twenty letters is masked."""
        return gather([_one(text) for text in texts], self.dimension)


def _one(sequence: str) -> NDArray[np.float32] | None:
    raw = np.frombuffer(sequence.strip().upper().encode("ascii", "replace"), np.uint8)
    letters = _LETTER[raw]
    known = letters >= 0
    if not known.any():
        return None
    share = np.bincount(letters[known], minlength=_KINDS) / known.sum()
    adjacent = known[1:] & known[:-1]
    pairs = letters[:-1][adjacent] * _KINDS + letters[1:][adjacent]
    pair_share = np.bincount(pairs, minlength=_KINDS**2) / max(1, len(pairs))
    chemistry = [
        np.log10(len(raw)),
        share @ _SCALE,
        share @ _CHARGE,
        share @ _AROMATIC,
        1 - known.mean(),
    ]
    return np.concatenate([share, pair_share, chemistry]).astype(np.float32)
