"""What to export, and the identity of an export."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from kgp.errors import BadInputError, unknown
from kgp.kg_schema.node_types import NODE_TYPES, check_node_type
from kgp.kg_schema.relations import check_relation, message_passing_types
from kgp.platform.store.port import GraphReader, ResponseStore, VectorStore

if TYPE_CHECKING:
    from collections.abc import Iterable

FORMAT = 2
"""Format of the snapshots that this version writes."""

EXPERIMENT_TYPES = ("Signature",)
"""Left out of the numbering by default: responses are exported as arrays, not as nodes."""


class SnapshotStore(GraphReader, VectorStore, ResponseStore, Protocol):
    """What a snapshot is made from."""


@dataclass(frozen=True, slots=True)
class SnapshotConfig:
    """What a snapshot holds; None means all that the graph has.

    Args:
        relations: relation types; default all that may carry messages.
        node_types: node types; default all but signatures.
        reverse: add ``rev_<RELATION>`` for every directed relation.
        vectors: names of vector sets.
        datasets: names of response sets; default those that measure every feature.
        texts: (node type, property) pairs whose text a model needs.
        hold_out: (relation, share) pairs: about this share of the relation's edges leaves the
            adjacency, in both directions, and is exported apart.
        hold_out_seed: another seed holds other edges out.
        edge_properties: numeric properties of edges.
    """

    relations: tuple[str, ...] | None = None
    node_types: tuple[str, ...] | None = None
    reverse: bool = True
    vectors: tuple[str, ...] | None = None
    datasets: tuple[str, ...] | None = None
    texts: tuple[tuple[str, str], ...] = (("Drug", "smiles"),)
    hold_out: tuple[tuple[str, float], ...] = ()
    hold_out_seed: int = 0
    edge_properties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A configuration resolved against a store: every name checked, every default filled in."""

    relations: tuple[str, ...]
    node_types: tuple[str, ...]
    reverse: bool
    vectors: tuple[str, ...]
    datasets: tuple[str, ...]
    texts: tuple[tuple[str, str], ...]
    hold_out: tuple[tuple[str, float], ...]
    hold_out_seed: int
    edge_properties: tuple[str, ...]


def resolve(config: SnapshotConfig, store: SnapshotStore) -> Plan:
    """Check the names of ``config`` against the store and fill in the defaults.

    Raises:
        BadInputError: for a name that is unknown, or a relation that may not carry messages.
    """
    counts = store.counts()
    passing = message_passing_types()
    there = tuple(name for name in passing if counts.relationships.get(name))
    relations = there if config.relations is None else config.relations
    for name in relations:
        if check_relation(name).name not in passing:
            raise BadInputError(
                f"Relation {name} may not carry messages: it is negative or about experiments.",
                hint=f"Valid are {', '.join(passing)}.",
            )
    biology = tuple(name for name in NODE_TYPES if name not in EXPERIMENT_TYPES)
    types = biology if config.node_types is None else config.node_types
    known_sets = [item.name for item in store.vector_sets()]
    records = {item.name: item for item in store.datasets()}
    complete = [name for name, item in records.items() if not item.censored]
    return Plan(
        relations=tuple(sorted(set(relations))),
        node_types=tuple(sorted({check_node_type(name) for name in types})),
        reverse=config.reverse,
        vectors=_chosen("vector set", config.vectors, known_sets, known_sets),
        datasets=_chosen("data set", config.datasets, records, complete),
        texts=tuple(sorted(set(config.texts))),
        hold_out=_hold_out(config, relations),
        hold_out_seed=config.hold_out_seed if config.hold_out else 0,
        edge_properties=tuple(sorted(set(config.edge_properties))),
    )


def _hold_out(config: SnapshotConfig, relations: Iterable[str]) -> tuple[tuple[str, float], ...]:
    shares: dict[str, float] = {}
    for name, share in config.hold_out:
        if name not in set(relations):
            raise BadInputError(unknown("exported relation", name, relations, command="kgp stats"))
        if not 0 <= share <= 1:
            raise BadInputError(
                f"The share {share:g} of {name} cannot be held out.", hint="Valid are 0 to 1."
            )
        if shares.setdefault(name, share) != share:
            raise BadInputError(
                f"Two shares of {name} are to be held out: {shares[name]:g} and {share:g}.",
                hint="Give each relation once.",
            )
    return tuple(sorted(shares.items()))


def _chosen(
    what: str, wanted: tuple[str, ...] | None, known: Iterable[str], default: Iterable[str]
) -> tuple[str, ...]:
    names = set(known)
    for name in wanted or ():
        if name not in names:
            raise BadInputError(unknown(what, name, names, command="kgp stats"))
    return tuple(sorted(default if wanted is None else set(wanted)))


def identity(fingerprint: str, plan: Plan, contents: dict[str, Any]) -> str:
    """Hash of a snapshot: the graph, the configuration, the identity of vectors and responses."""
    facts = {
        "format": FORMAT,
        "fingerprint": fingerprint,
        "config": asdict(plan),
        "contents": contents,
    }
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
