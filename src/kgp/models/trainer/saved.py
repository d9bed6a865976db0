"""Files of tensors, numbers and text, written in one step and read without running code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from kgp.errors import BadInputError, StoreError
from kgp.platform.staging_blocks import put

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write_saved(path: Path, version: int, content: Mapping[str, Any]) -> None:
    """Write ``content``, with the version of its format, and replace what is there when whole."""
    put(path, lambda unfinished: torch.save({"format": version, **content}, unfinished))


def read_saved(
    path: Path, version: int, command: str, device: torch.device | str = "cpu"
) -> dict[str, Any]:
    """Read what :func:`write_saved` wrote.

    Args:
        path: the file.
        version: the version that is read.
        command: what to type where it cannot be read.
        device: where its tensors go.

    Raises:
        BadInputError: if the file is damaged.
        StoreError: if another version of kgp wrote it.
    """
    try:
        content: dict[str, Any] = torch.load(path, device, weights_only=True)
        found = content["format"]
    except Exception as error:  # torch raises whatever the damaged bytes lead to
        raise BadInputError(
            f"{path} is damaged ({type(error).__name__}).",
            hint="Without it training starts at its beginning.",
            command=command,
        ) from error
    if found != version:
        raise StoreError(
            f"{path} has format {found}; this kgp reads {version}.",
            hint="Train again, or use the version of kgp that wrote it.",
            command=command,
        )
    return content
