"""Finding a snapshot and checking its manifest against the files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from kgp.errors import BadInputError, StoreError
from kgp.platform.snapshot.config import FORMAT
from kgp.platform.snapshot.files import MANIFEST

if TYPE_CHECKING:
    from pathlib import Path

_KEYS = frozenset(
    {"arrays", "config", "counts", "datasets", "fingerprint", "format", "hash", "node_types"}
    | {"relations", "sources", "vectors"}
)


def find_snapshot(path: Path) -> Path:
    """Return the snapshot folder that ``path`` means: itself, or the only one in it.

    Raises:
        BadInputError: if there is none, or several (they are listed).
    """
    if (path / MANIFEST).is_file():
        return path
    inside = sorted(item.parent for item in path.glob(f"[!.]*/{MANIFEST}"))
    if len(inside) == 1:
        return inside[0]
    if inside:
        raise BadInputError(
            f"{path} holds {len(inside)} snapshots.",
            hint="Name one of them:\n" + "\n".join(f"  {folder}" for folder in inside),
        )
    raise BadInputError(
        f"There is no snapshot in {path}.",
        hint=f"A snapshot is a folder with a {MANIFEST}.",
        command=f"kgp snapshot {path}",
    )


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest and compare the size of every array with it.

    Raises:
        BadInputError: if the manifest or an array is damaged or missing.
        StoreError: if a newer version of kgp wrote the snapshot.
    """
    try:
        manifest = orjson.loads((folder / MANIFEST).read_bytes())
    except orjson.JSONDecodeError as error:
        raise _damaged(folder, f"its {MANIFEST} is not JSON ({error})") from error
    if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int):
        raise _damaged(folder, f"its {MANIFEST} states no format")
    if manifest["format"] != FORMAT:
        raise StoreError(
            f"The snapshot {folder} has format {manifest['format']}; this kgp reads {FORMAT}.",
            hint="Snapshots are not migrated: they are made again from the graph.",
            command=f"kgp snapshot {folder.parent}",
        )
    if missing := sorted(_KEYS - set(manifest)):
        raise _damaged(folder, f"its {MANIFEST} lacks {', '.join(missing)}")
    for name, entry in manifest["arrays"].items():
        file = folder / f"{name}.npy"
        size = file.stat().st_size if file.is_file() else 0
        if size != entry["bytes"]:
            raise _damaged(folder, f"{name}.npy has {size:,} of {entry['bytes']:,} bytes")
    return manifest


def _damaged(folder: Path, why: str) -> BadInputError:
    return BadInputError(
        f"The snapshot {folder} is damaged: {why}.",
        hint="Make it again from the graph.",
        command=f"rm -r {folder} && kgp snapshot {folder.parent}",
    )
