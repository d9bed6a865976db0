"""What a graph holds, as tables for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kgp.cli.tables import short_text
from kgp.report.tables import Cell, Column, TableData

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kgp.platform.store.records import DatasetRecord, GrnRecord, SourceRecord, VectorSet
    from kgp.platform.store.summary import Degrees, LicenseCount, SharedNames

_COUNT: Final = "count"
_HUB: Final = 22
"""Characters of a hub's name; the table then fits into 80 columns."""
_NONE: Final = (None, None, "")


def degree_table(degrees: Sequence[Degrees]) -> TableData:
    """Nodes by type: how many, how many without a relationship, and the most connected."""
    columns = (
        Column("Nodes"),
        Column("Count", _COUNT),
        Column("Orphans", _COUNT),
        Column("Median", "figure", key="median_degree", digits=1),
        Column("Largest", _COUNT, key="largest_degree"),
        Column("Most connected"),
    )
    rows: list[tuple[Cell, ...]] = [
        (d.type, d.nodes, d.orphans, d.median, d.largest, _hub(d)) for d in degrees
    ]
    rows.append(("all", sum(d.nodes for d in degrees), sum(d.orphans for d in degrees), *_NONE))
    return TableData("Nodes", columns, tuple(rows))


def _hub(degrees: Degrees) -> str:
    return short_text(degrees.hubs[0].name or degrees.hubs[0].id, _HUB) if degrees.hubs else ""


def relationship_table(counts: Mapping[str, int], corroborated: Mapping[str, int]) -> TableData:
    """Relationships by type, and the pairs for which several sources state them."""
    columns = (
        Column("Relationships"),
        Column("Count", _COUNT),
        Column("Pairs of several sources", _COUNT),
    )
    rows = [(name, count, corroborated.get(name, 0)) for name, count in counts.items()]
    rows.append(("all", sum(counts.values()), sum(corroborated.values())))
    return TableData("Relationships", columns, tuple(rows))


def shared_name_table(shared: Sequence[SharedNames]) -> TableData:
    """Names that several nodes of one type carry."""
    columns = (
        Column("Shared names"),
        Column("Names", _COUNT),
        Column("Nodes", _COUNT),
        Column("Such as"),
    )
    rows = tuple(
        (s.type, s.names, s.nodes, ", ".join(short_text(name) for name in s.examples[:2]))
        for s in shared
    )
    return TableData("One name, several nodes", columns, rows)


def license_table(licenses: Sequence[LicenseCount]) -> TableData:
    """What is under which licence, and what it may be used for."""
    columns = (
        Column("Licence"),
        Column("Nodes", _COUNT),
        Column("Relationships", _COUNT),
        Column("Use"),
    )
    rows = tuple((c.license or "(none)", c.nodes, c.relationships, _uses(c)) for c in licenses)
    return TableData("Licences", columns, rows)


def _uses(count: LicenseCount) -> str:
    from kgp.kg_schema.licenses import Use, allows

    if not count.license:
        return ""
    return ", ".join(str(use) for use in Use if allows(count.license, use)) or "unknown to kgp"


def source_table(sources: Sequence[SourceRecord]) -> TableData:
    """The published loads."""
    columns = (
        Column("Source"),
        Column("Version"),
        Column("Licence"),
        Column("Rows in", _COUNT),
        Column("Kept", _COUNT),
        Column("Dropped", _COUNT),
        Column("Load"),
    )
    rows = tuple(
        (
            s.source + (" (synthetic)" if s.synthetic else ""),
            s.version,
            s.license,
            s.rows_in,
            s.rows_kept,
            sum(s.dropped.values()),
            s.load_id,
        )
        for s in sources
    )
    return TableData("Sources", columns, rows)


def vector_table(sets: Sequence[VectorSet], coverage: Mapping[str, float]) -> TableData:
    """The vector sets, with the share of the nodes of their type that have a vector."""
    columns = (
        Column("Vectors"),
        Column("On"),
        Column("Encoder"),
        Column("Dimension", _COUNT),
        Column("Nodes", _COUNT),
        Column("Covered", "share"),
    )
    rows = tuple(
        (
            v.name,
            v.node_type,
            f"{v.encoder} {v.revision}",
            v.dimension,
            v.covered,
            coverage.get(v.name),
        )
        for v in sets
    )
    return TableData("Vectors", columns, rows)


def dataset_table(datasets: Sequence[DatasetRecord]) -> TableData:
    """The response sets."""
    columns = (
        Column("Responses"),
        Column("Measure"),
        Column("Signatures", _COUNT),
        Column("Features", _COUNT),
        Column("Censored"),
    )
    rows = tuple((d.name, d.measure, d.signatures, d.features, d.censored) for d in datasets)
    return TableData("Response sets", columns, rows)


def network_table(networks: Sequence[GrnRecord]) -> TableData:
    """The networks and their heads."""
    columns = (Column("Network"), Column("Head", _COUNT), Column("Forked from"), Column("Context"))
    rows = tuple((n.name, n.head, n.forked_from, n.context) for n in networks)
    return TableData("Networks", columns, rows)
