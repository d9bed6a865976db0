"""The embedded store: one DuckDB file, no server, one process at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.platform.store.embedded.graph import GraphReads
from kgp.platform.store.embedded.names import Names
from kgp.platform.store.embedded.parts import Parts
from kgp.platform.store.embedded.publish import Publishing
from kgp.platform.store.embedded.purge import Purging
from kgp.platform.store.embedded.query import Queries
from kgp.platform.store.embedded.regulation import Regulation
from kgp.platform.store.embedded.responses import Responses
from kgp.platform.store.embedded.summary import Summary
from kgp.platform.store.embedded.vectors import Vectors

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self


class EmbeddedStore(
    GraphReads, Names, Summary, Queries, Vectors, Responses, Regulation, Publishing, Purging, Parts
):
    """The DuckDB adapter of :class:`kgp.platform.store.port.KnowledgeStore`."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
