"""Write the constants that standardise molecular descriptors.

Usage: python scripts/make_descriptor_reference.py PERTINFO.tsv.gz

Reads the LINCS perturbagens (small molecules with at least three gold signatures, CC BY 4.0) and
writes, per RDKit descriptor, the 1 % and 99 % quantiles and the mean and deviation between them.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import polars as pl

from kgp.platform.encoders.molecules import read_molecule
from kgp.platform.encoders.morgan import REFERENCE, describe

OVERFLOWS = ("Ipc",)
TARGET = Path(__file__).parents[1] / "src" / "kgp" / "platform" / "encoders" / REFERENCE


def reference_smiles(pertinfo: Path) -> list[str]:
    """Return the structures of well measured small molecules."""
    table = pl.read_csv(pertinfo, separator="\t", infer_schema=False, quote_char=None)
    measured = (pl.col("pert_type") == "trt_cp") & (pl.col("num_gold").cast(int) >= 3)
    structures = table.filter(measured)["canonical_smiles"].unique().sort()
    return [text for text in structures if text not in {None, "-666", "restricted"}]


def main(pertinfo: Path) -> None:
    """Compute and write the table."""
    molecules = [m for m in map(read_molecule, reference_smiles(pertinfo)) if m is not None]
    values = [describe(m) for m in molecules]
    with TARGET.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["name", "low", "high", "mean", "std"])
        for name in sorted(set(values[0]) - set(OVERFLOWS)):
            column = np.array([row[name] for row in values], float)
            column = column[np.isfinite(column)]
            low, high = np.quantile(column, [0.01, 0.99])
            inner = np.clip(column, low, high)
            if inner.std() > 0:
                row = (low, high, inner.mean(), inner.std())
                writer.writerow([name, *(f"{number:.6g}" for number in row)])
    print(f"{len(molecules)} molecules, {TARGET}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
