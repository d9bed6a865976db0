"""Two loads of which the second joins, parts and describes nodes of the first; and what breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from kgp.errors import StoreUnavailableError
from kgp.platform.store.neo4j.store import Neo4jStore
from kgp.testing import ListLoader, SourceBuilder
from kgp.testing.loads import source_info

if TYPE_CHECKING:
    from collections.abc import Callable

    import neo4j

    from kgp.platform.store.neo4j.address import Address

T = TypeVar("T")


def proteins() -> ListLoader:
    """Six proteins with relationships, a network of which one target is unknown, two vectors."""
    source = SourceBuilder(source_info("primekg"))
    for number in range(6):
        source.node(f"uniprot:{number}", "Gene", f"p{number}", score=number)
    source.edge("uniprot:0", "INTERACTS_WITH", "uniprot:1", "ppi")
    source.edge("uniprot:2", "INTERACTS_WITH", "uniprot:1", "ppi", weight=2.5)
    source.regulates("net", "uniprot:0", "uniprot:1", 1)
    source.regulates("net", "uniprot:2", "symbol:X", -1)
    source.regulates("net", "uniprot:0", "uniprot:0", 0)
    source.vector("expression", "uniprot:0", [1.0, 2.0]).vector("expression", "uniprot:3", [3, 0.5])
    source.node("lincs:1", "Signature").effect("first", "lincs:1", [1.0])
    return source.dataset("first", ["uniprot:0"]).loader()


def genes() -> ListLoader:
    """Three genes: one is two of the proteins, one is an unknown target, one is ambiguous."""
    source = SourceBuilder(source_info("gene-info"))
    for number in range(3):
        source.node(f"ncbigene:{number}", "Gene", f"g{number}", state="described")
    source.xref("ncbigene:0", "uniprot:0").xref("ncbigene:0", "uniprot:2")
    source.xref("ncbigene:1", "symbol:X", "synonym").xref("ncbigene:2", "uniprot:1")
    source.xref("uniprot:4", "ncbigene:2").xref("uniprot:4", "ncbigene:1")
    source.regulates("other", "uniprot:0", "uniprot:1", 1).vector("short", "ncbigene:0", [1.5])
    source.node("lincs:2", "Signature").effect("second", "lincs:2", [1.0])
    return source.dataset("second", ["uniprot:0"]).loader()


class Breaking(Neo4jStore):
    """A store whose connection is gone after some writing transactions."""

    def __init__(self, address: Address, transactions: int) -> None:
        self.left: int | None = None
        super().__init__(address)
        self.left = transactions

    def writing(self, work: Callable[[neo4j.ManagedTransaction], T]) -> T:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise StoreUnavailableError("The connection is gone.")
        return super().writing(work)
