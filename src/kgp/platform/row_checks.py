"""What every row of a staged batch must satisfy, by kind of batch: vectorised, with reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from kgp.errors import BadInputError
from kgp.kg_schema.batches import EFFECT_OF_SIGN, LAYERS, XREF_EXACT, XREF_SYNONYM, Kind
from kgp.kg_schema.identifiers import CURIE
from kgp.kg_schema.licenses import allows, reason_against
from kgp.kg_schema.node_types import NODE_TYPES
from kgp.kg_schema.relations import RELATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kgp.kg_schema.licenses import Use

SIGN_OF_EFFECT: dict[str, int] = {
    **{effect: sign for sign, effect in EFFECT_OF_SIGN.items()},
    **{"dual": 0, "unknown": 0},
}
"""Every effect of a regulation, with the sign that goes with it."""

Check = tuple[str, pa.Array, str]
"""A reason, the mask of rows that pass (null counts as failed), the column that is shown."""


def _is_curie(column: pa.ChunkedArray) -> pa.Array:
    return pc.match_substring_regex(column, CURIE.pattern)


def _is_text(column: pa.ChunkedArray) -> pa.Array:
    return pc.greater(pc.utf8_length(column), 0)


def _known(column: pa.ChunkedArray, names: Iterable[str]) -> pa.Array:
    return pc.is_in(column, value_set=pa.array(list(names)))


def _finite_or_null(column: pa.ChunkedArray) -> pa.Array:
    return pc.fill_null(pc.is_finite(column), True)


def _fits(effect: pa.ChunkedArray, sign: pa.ChunkedArray) -> pa.Array:
    place = pc.index_in(effect, value_set=pa.array(list(SIGN_OF_EFFECT)))
    return pc.equal(pc.take(pa.array(list(SIGN_OF_EFFECT.values()), pa.int8()), place), sign)


def _is_object(column: pa.ChunkedArray) -> pa.Array:
    known = {text: text is None or _parses(text) for text in pc.unique(column).to_pylist()}
    return pa.array([known[text] for text in column.to_pylist()], pa.bool_())


def _parses(text: str) -> bool:
    try:
        return isinstance(orjson.loads(text), dict)
    except orjson.JSONDecodeError:
        return False


def _nodes(table: pa.Table) -> Iterator[Check]:
    yield "not an identifier", _is_curie(table["id"]), "id"
    yield "unknown node type", _known(table["type"], NODE_TYPES), "type"


def _edges(table: pa.Table) -> Iterator[Check]:
    yield "source is not an identifier", _is_curie(table["src"]), "src"
    yield "target is not an identifier", _is_curie(table["dst"]), "dst"
    yield "unknown relation", _known(table["type"], RELATIONS), "type"


def _xrefs(table: pa.Table) -> Iterator[Check]:
    yield "not an identifier", _is_curie(table["id"]), "id"
    yield "cross-reference is not an identifier", _is_curie(table["other"]), "other"
    kinds = _known(table["kind"], (XREF_EXACT, XREF_SYNONYM))
    yield "unknown kind of cross-reference", kinds, "kind"


def _regulation(table: pa.Table) -> Iterator[Check]:
    yield "regulator is not an identifier", _is_curie(table["src"]), "src"
    yield "target is not an identifier", _is_curie(table["dst"]), "dst"
    signs = pa.array([-1, 0, 1], pa.int8())
    yield "sign is not -1, 0 or +1", pc.is_in(table["sign"], signs), "sign"
    yield "effect does not fit the sign", _fits(table["effect"], table["sign"]), "effect"
    yield "unknown layer", _known(table["layer"], LAYERS), "layer"
    yield "network without a name", _is_text(table["grn"]), "grn"
    yield "weight is not finite", _finite_or_null(table["weight"]), "weight"
    yield "confidence is not finite", _finite_or_null(table["confidence"]), "confidence"
    yield "evidence is not a JSON object", _is_object(table["evidence"]), "evidence"


def _datasets(table: pa.Table) -> Iterator[Check]:
    yield "response set without a name", _is_text(table["dataset"]), "dataset"
    yield "response set without a feature space", _is_text(table["space"]), "dataset"
    yield "not stated whether censored", pc.is_valid(table["censored"]), "dataset"


def _features(table: pa.Table) -> Iterator[Check]:
    yield "not an identifier", _is_curie(table["id"]), "id"
    yield "feature without a space", _is_text(table["space"]), "id"
    yield "feature without a position", pc.greater_equal(table["position"], 0), "id"


def _effects(table: pa.Table) -> Iterator[Check]:
    yield "signature is not an identifier", _is_curie(table["signature"]), "signature"
    yield "response of no set", _is_text(table["dataset"]), "signature"
    yield "response without values", pc.is_valid(table["values"]), "signature"
    listed, values = (pc.list_value_length(table[name]) for name in ("features", "values"))
    as_many = pc.or_kleene(pc.is_null(listed), pc.equal(listed, values))
    yield "features and values differ in number", as_many, "signature"
    erring = pc.list_value_length(table["errors"])
    as_many = pc.or_kleene(pc.is_null(erring), pc.equal(erring, values))
    yield "errors and values differ in number", as_many, "signature"
    for column in ("values", "errors"):
        _refuse_infinite(table, column, "signature")


def _vectors(table: pa.Table) -> Iterator[Check]:
    yield "not an identifier", _is_curie(table["id"]), "id"
    yield "vector of no set", _is_text(table["name"]), "id"
    yield "vector without values", pc.greater(pc.list_value_length(table["values"]), 0), "id"
    _refuse_infinite(table, "values", "id")


def _refuse_infinite(table: pa.Table, column: str, shown: str) -> None:
    table = table.filter(pc.is_valid(table[column]))  # a null may hide values in its buffer
    values = table[column].combine_chunks()
    finite = pc.fill_null(pc.is_finite(pc.list_flatten(values)), False)
    rows = pc.list_parent_indices(values).filter(pc.invert(finite))
    if len(rows):
        what = "Signature" if shown == "signature" else "Node"
        raise BadInputError(
            f"{what} {table[shown][rows[0].as_py()].as_py()!r} holds "
            "a value that is not a finite number.",
            hint="Values must be finite; what was not measured is left out, not NaN.",
        )


def license_checks(table: pa.Table, column: str, use: Use) -> Iterator[Check]:
    """One check per licence that does not allow ``use``; null is the source's own licence."""
    stated = table[column].cast(pa.string())
    shown = "src" if "src" in table.column_names else "id"
    for license in sorted(filter(None, pc.unique(stated).to_pylist())):
        if not allows(license, use):
            passes = pc.fill_null(pc.not_equal(stated, license), True)
            yield reason_against(license, use), passes, shown


CHECKS: dict[Kind, Callable[[pa.Table], Iterator[Check]]] = {
    Kind.NODES: _nodes,
    Kind.EDGES: _edges,
    Kind.XREFS: _xrefs,
    Kind.REGULATION: _regulation,
    Kind.DATASETS: _datasets,
    Kind.FEATURES: _features,
    Kind.EFFECTS: _effects,
    Kind.VECTORS: _vectors,
}
