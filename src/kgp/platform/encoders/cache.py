"""Vectors on disk by content: what was encoded once is never encoded again.

A *shard* is one ``.npz`` file with the hashes of some texts and their vectors. It is renamed into
place when it is whole, so a run that is killed loses at most the shard it was at. The folder of an
encoder is named after all that decides a vector; the cache may be removed at any time.
"""

from __future__ import annotations

import hashlib
import zipfile
from typing import TYPE_CHECKING

import numpy as np

from kgp.errors import StoreUnavailableError
from kgp.platform.encoders.base import Encoded
from kgp.platform.staging_blocks import put

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from kgp.platform.encoders.base import Encoder

DIGEST = 16
"""Bytes of a text's hash."""


def text_digest(text: str) -> bytes:
    """Hash of a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST).digest()


class VectorCache:
    """The vectors that one encoder has computed on this machine.

    Args:
        root: folder of all encoders' vectors.
        encoder: the encoder; another revision of it has another folder.
    """

    def __init__(self, root: Path, encoder: Encoder) -> None:
        facts = (encoder.name, encoder.revision, encoder.pooling, str(encoder.dimension))
        self._folder = root / hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]
        self._dimension = encoder.dimension

    def read(self, wanted: Mapping[bytes, int]) -> tuple[Encoded, set[bytes]]:
        """Read what is there.

        Args:
            wanted: hash of a text → its row.

        Returns:
            Vectors and mask of all rows, zero and False where nothing is known, and the hashes
            that were found; a rejected text is found, too.
        """
        vectors = np.zeros((len(wanted), self._dimension), np.float32)
        mask = np.zeros(len(wanted), np.bool_)
        found = set()
        for shard in sorted(self._folder.glob("*.npz")):
            held = self._open(shard)
            for place, row in enumerate(held[0] if held else ()):
                digest = row.tobytes()
                if held and digest in wanted:
                    vectors[wanted[digest]], mask[wanted[digest]] = held[1][place], held[2][place]
                    found.add(digest)
        return Encoded(vectors, mask), found

    def _open(self, shard: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray] | None:
        """A shard's arrays; None for a file that is damaged, which is then removed."""
        try:
            with np.load(shard, allow_pickle=False) as arrays:
                digests, vectors, mask = (arrays[key] for key in ("digests", "vectors", "mask"))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            shard.unlink(missing_ok=True)
            return None
        return (digests, vectors, mask) if vectors.shape[1:] == (self._dimension,) else None

    def add(self, digests: Sequence[bytes], encoded: Encoded) -> None:
        """Write a shard.

        Raises:
            StoreUnavailableError: if the folder cannot be written, or its disk is full.
        """
        rows = np.frombuffer(b"".join(digests), np.uint8).reshape(-1, DIGEST)
        name = hashlib.sha256(rows.tobytes()).hexdigest()[:32]

        def write(path: Path) -> None:
            with path.open("wb") as out:
                np.savez(out, digests=rows, vectors=encoded.vectors, mask=encoded.mask)

        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            put(self._folder / f"{name}.npz", write)
        except OSError as error:
            raise StoreUnavailableError(
                f"Cannot write the cache of vectors {self._folder}: {error.strerror or error}.",
                hint="Free some space, or name another folder in KGP_CACHE. What was computed "
                "before is kept.",
                command="the same command again",
            ) from error
