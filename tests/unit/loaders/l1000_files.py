"""Small L1000 files in the formats of the releases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def write_gctx(
    path: Path,
    values: Any,
    signatures: Mapping[str, Sequence[Any]],
    genes: Mapping[str, Sequence[Any]],
    **options: Any,
) -> Path:
    """Write GCTX; ``values`` [n_signatures, n_genes]; text becomes fixed-length bytes."""
    with h5py.File(path, "w") as file:
        file.attrs["version"] = np.bytes_(b"GCTX1.0")
        file.create_dataset("0/DATA/0/matrix", data=values, **options)
        for place, table in (("COL", signatures), ("ROW", genes)):
            group = file.create_group(f"0/META/{place}")
            for name, column in table.items():
                array = np.array(column)
                group[name] = np.char.encode(array, "utf-8") if array.dtype.kind == "U" else array
    return path


def write_gct(
    path: Path,
    values: Any,
    signatures: Mapping[str, Sequence[Any]],
    genes: Mapping[str, Sequence[Any]],
) -> Path:
    """Write GCT 1.3; ``values`` [n_signatures, n_genes]."""
    about = {name: list(map(str, column)) for name, column in signatures.items() if name != "id"}
    extra = [name for name in genes if name != "id"]
    ids = list(genes["id"])
    lines = [
        "#1.3",
        f"{len(ids)}\t{len(signatures['id'])}\t{len(extra)}\t{len(about)}",
        "\t".join(["id", *extra, *map(str, signatures["id"])]),
    ]
    lines += ["\t".join([name, *["na"] * len(extra), *column]) for name, column in about.items()]
    for row, gene in enumerate(ids):
        told = [str(genes[name][row]) for name in extra]
        lines.append("\t".join([str(gene), *told, *(str(v[row]) for v in values)]))
    path.write_text("\n".join(lines) + "\n")
    return path
