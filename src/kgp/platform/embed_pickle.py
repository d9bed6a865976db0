"""A pickle of arrays, read without running anything that is in it.

Unpickling calls whatever the file names. Here it can name no class of Python at all: the handful
of names by which numpy stores an array leads to stand-ins of our own, which keep plain bytes and
check them before an array is made; every other name is refused. What a stand-in gives out has no
attributes that the file could change.
"""

from __future__ import annotations

import math
import pickle
import re
from typing import TYPE_CHECKING, Any

import numpy as np

from kgp.errors import BadInputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

_PLAIN = re.compile(r"[fiu][1248]|b1|[US][0-9]{1,6}")
"""Numbers, booleans and texts of fixed length; no objects, no records."""

_INSTEAD = "kgp embed --from VECTORS.npy --ids IDS.txt --name NAME"

_DAMAGE = (
    *(pickle.UnpicklingError, ArithmeticError, AssertionError, AttributeError, EOFError),
    *(ImportError, LookupError, MemoryError, RecursionError, TypeError, ValueError),
)


class _Type:
    """Stands for ``numpy.dtype``."""

    __slots__ = ("_code", "_order")

    def __init__(self, code: str) -> None:
        if not _PLAIN.fullmatch(code):
            raise pickle.UnpicklingError(f"an array of type {code!r}")
        self._code, self._order = code, "="

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        if state[1] not in ("<", ">", "|", "=") or any(state[2:5]):
            raise pickle.UnpicklingError("an array of records")
        self._order = state[1]

    def make(self) -> np.dtype[Any]:
        """The type itself."""
        big = self._order == ">"
        return np.dtype(self._code).newbyteorder(">" if big else "=")


class _Array:
    """Stands for ``numpy.ndarray``: bytes that become an array when all is read."""

    __slots__ = ("_order", "_raw", "_shape", "_type")

    def __init__(self) -> None:
        self._type, self._shape, self._raw, self._order = _Type("f4"), (0,), b"", "C"

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, kind, fortran, raw = state
        self.fill(raw, kind, shape, "F" if fortran else "C")

    def fill(self, raw: Any, kind: Any, shape: Any, order: str) -> None:
        """Take bytes that are exactly those of the type and the shape."""
        if isinstance(raw, bytearray):
            raw = bytes(raw)
        if not isinstance(kind, _Type) or not isinstance(raw, bytes) or order not in ("C", "F"):
            raise pickle.UnpicklingError("an array of objects")
        sizes = tuple(shape) if isinstance(shape, tuple) else (shape,)
        if not all(type(size) is int and size >= 0 for size in sizes):
            raise pickle.UnpicklingError("an array of a shape that cannot be")
        if len(raw) != math.prod(sizes) * kind.make().itemsize:
            raise pickle.UnpicklingError("an array whose bytes do not fit its shape")
        self._type, self._shape, self._raw, self._order = kind, sizes, raw, order

    def make(self) -> NDArray[Any]:
        """The array, a read-only view of the bytes."""
        flat = np.frombuffer(self._raw, self._type.make())
        return flat.reshape(self._shape, order="F" if self._order == "F" else "C")


class _Name:
    """What a name in the file leads to: a call, and nothing that can be set."""

    __slots__ = ("_call",)

    _call: Callable[..., Any]

    def __init__(self, call: Callable[..., Any]) -> None:
        object.__setattr__(self, "_call", call)

    def __call__(self, *arguments: Any) -> Any:
        return self._call(*arguments)

    def __setattr__(self, name: str, value: Any) -> None:
        raise pickle.UnpicklingError("a change of what reads it")

    def __setstate__(self, state: Any) -> None:
        raise pickle.UnpicklingError("a change of what reads it")


def _dtype(code: Any, *_: Any) -> _Type:
    return _Type(str(code))


def _reconstruct(*_: Any) -> _Array:
    return _Array()


def _frombuffer(raw: Any, kind: Any, shape: Any, order: Any) -> _Array:
    array = _Array()
    array.fill(raw, kind, shape, str(order))
    return array


def _scalar(kind: Any, raw: Any) -> Any:
    array = _Array()
    array.fill(raw, kind, (), "C")
    return array.make().item()


def _encode(text: Any, codec: Any) -> bytes:
    """Protocols below 3 write bytes as text of this one codec."""
    if not isinstance(text, str) or codec != "latin1":
        raise pickle.UnpicklingError(f"a text in the codec {codec!r}")
    return text.encode("latin1")


def _no_bytes() -> bytes:
    """What those protocols write for empty bytes."""
    return b""


def _none(*_: Any) -> Any:
    raise pickle.UnpicklingError("an array that was not stored by numpy")


_CORES = ("numpy.core", "numpy._core")
_NAMES: dict[tuple[str, str], _Name] = {
    ("numpy", "dtype"): _Name(_dtype),
    ("numpy", "ndarray"): _Name(_none),
    ("_codecs", "encode"): _Name(_encode),
    ("__builtin__", "bytes"): _Name(_no_bytes),
    **{(f"{core}.multiarray", "_reconstruct"): _Name(_reconstruct) for core in _CORES},
    **{(f"{core}.multiarray", "scalar"): _Name(_scalar) for core in _CORES},
    **{(f"{core}.numeric", "_frombuffer"): _Name(_frombuffer) for core in _CORES},
}


class _ForbiddenError(Exception):
    """The file names what kgp does not open."""


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _NAMES[module, name]
        except KeyError:
            raise _ForbiddenError(f"{module}.{name}") from None


def read_pickle(path: Path) -> Any:
    """Read numbers, texts, arrays of them, and lists, tuples and dicts of these.

    Raises:
        BadInputError: naming the class that the file would call, or saying what is damaged.
    """
    try:
        with path.open("rb") as file:
            return _finish(_Reader(file, encoding="latin1").load())
    except _ForbiddenError as error:
        raise BadInputError(
            f"{path} is a pickle that calls {error}; kgp does not open it.",
            hint=_advice(str(error)),
            command=_INSTEAD,
        ) from error
    except _DAMAGE as error:
        raise BadInputError(
            f"{path} is not a pickle of arrays: {error or type(error).__name__}.",
            hint="Valid are numbers, texts, numpy arrays of them, and lists, tuples and dicts.",
            command=_INSTEAD,
        ) from error


def _advice(name: str) -> str:
    if name.startswith("torch"):
        return "It holds torch tensors: save them by torch.save as .pt, or as arrays of numpy."
    if name.startswith("pandas"):
        return "It holds a pandas table: save it with to_parquet or to_csv."
    return "A pickle may run any code. Valid are numbers, texts and numpy arrays of them."


def _finish(found: Any, known: dict[int, Any] | None = None) -> Any:
    """Turn the stand-ins into arrays; what the file repeats by reference is turned once."""
    known = {} if known is None else known
    if isinstance(found, str | bytes | int | float | None):
        return found
    if id(found) not in known:
        known[id(found)] = _finish_one(found, known)
    return known[id(found)]


def _finish_one(found: Any, known: dict[int, Any]) -> Any:
    if isinstance(found, _Array):
        return found.make()
    if isinstance(found, list | tuple):
        return [_finish(each, known) for each in found]
    if isinstance(found, dict) and all(isinstance(key, str | int | float) for key in found):
        return {key: _finish(value, known) for key, value in found.items()}
    raise pickle.UnpicklingError("it holds other things, too")
