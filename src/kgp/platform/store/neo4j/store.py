"""The Neo4j store: a server that many clients share; what it holds can be asked in Cypher."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.platform.store.neo4j.free_query import FreeQueries
from kgp.platform.store.neo4j.graph import GraphReads
from kgp.platform.store.neo4j.names import Names
from kgp.platform.store.neo4j.parts import Parts
from kgp.platform.store.neo4j.publish import Publishing
from kgp.platform.store.neo4j.purge import Purging
from kgp.platform.store.neo4j.queries import Queries
from kgp.platform.store.neo4j.regulation import Regulation
from kgp.platform.store.neo4j.summary import Summary
from kgp.platform.store.neo4j.vector_writes import VectorWrites

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self


class Neo4jStore(
    GraphReads,
    Names,
    Summary,
    VectorWrites,
    Regulation,
    Queries,
    FreeQueries,
    Publishing,
    Purging,
    Parts,
):
    """The Neo4j adapter of :class:`kgp.platform.store.port.KnowledgeStore`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
