"""What a text may mean in memory, and which aliases mean several nodes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from kgp.kg_schema.batches import XREF_EXACT, Kind
from kgp.kg_schema.identifiers import SYMBOLS, prefix_of
from kgp.kg_schema.properties import unpack
from kgp.platform.store.names import (
    IDENTIFIER,
    NAME,
    PART,
    SIMILAR,
    SYNONYM,
    Place,
    as_curie,
    make_found,
    most_edits,
)
from kgp.platform.store.records import Ambiguities, AmbiguousAlias
from kgp.testing.memory.base import Base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kgp.platform.store.records import Found
    from kgp.testing.memory.content import Node

Match = tuple[int, str, str, str]
"""Place, what matched, how, node."""


class Names(Base):
    """Names and identifiers of the port's graph reader; each method is documented there."""

    def find(self, text: str, limit: int = 20) -> list[Found]:
        """Nodes that a text may mean, the most literal match first."""
        best: dict[str, Match] = {}
        for match in sorted([*self._identified(text), *self._named(text)]):
            best.setdefault(match[3], match)
        nodes = self.world.nodes
        ranked = sorted(best.values(), key=lambda m: (m[0], len(nodes[m[3]].name), m[3]))
        return [
            _found(nodes[node], place, matched, how) for place, matched, how, node in ranked[:limit]
        ]

    def _identified(self, text: str) -> Iterator[Match]:
        claims = self._claims()
        for identifier, meant in self.world.meaning.items():
            place = _place(identifier, text)
            if place is None:
                continue
            own = self.world.node_of(identifier)
            if own:
                yield place, identifier, IDENTIFIER, own
            typed = prefix_of(identifier) not in SYMBOLS or place <= Place.OTHER_SPELLING
            if meant != identifier or (own and typed):
                place = Place.OUTRANKED
            for claimant in claims[identifier]:
                node = self.world.node_of(claimant)
                if node and node != own:
                    yield place, identifier, IDENTIFIER, node

    def _claims(self) -> dict[str, set[str]]:
        """Identifier → the identifiers that claim it as their own."""
        claims: dict[str, set[str]] = defaultdict(set)
        for _, row in self.stated(Kind.XREFS):
            claims[row["other"]].add(row["id"])
            if row["kind"] == XREF_EXACT:
                claims[row["id"]].add(row["other"])
        return claims

    def _named(self, text: str) -> Iterator[Match]:
        low = text.lower()
        for node in self.world.nodes.values():
            if node.name.lower() == low:
                place = Place.NAME if node.name == text else Place.NAME_ANY_CASE
                # The node of a symbol that found no gene is not more than that symbol.
                yield place + (prefix_of(node.id) in SYMBOLS), node.name, NAME, node.id
            if len(text.encode()) >= 3 and low in node.name.lower():
                yield Place.PART, node.name, PART, node.id
            told = unpack(node.properties)
            others = [(other, SYNONYM) for other in told.get("synonyms", [])]
            for other, how in [*others, (told.get("full_name", ""), NAME)]:
                if other and other.lower() == low:
                    yield (
                        Place.ALIAS if other == text else Place.ALIAS_ANY_CASE,
                        other,
                        how,
                        node.id,
                    )

    def similar(self, text: str, limit: int = 5) -> list[Found]:
        """Nodes whose name differs from a text by a few letters, the nearest first."""
        most = most_edits(text)
        near = []
        for node in self.world.nodes.values():
            if abs(len(node.name.encode()) - len(text.encode())) <= most:
                edits = damerau_levenshtein(node.name.lower().encode(), text.lower().encode())
                near.append((edits, len(node.name), node.id))
        chosen = sorted(match for match in near if match[0] <= most)[:limit]
        nodes = [self.world.nodes[node] for *_, node in chosen]
        return [_found(node, Place.PART, node.name, SIMILAR) for node in nodes]

    def ambiguous(self, limit: int | None = 20) -> Ambiguities:
        """Aliases that several nodes claim."""
        claims, world, found = self._claims(), self.world, []
        for alias in sorted(world.ambiguous):
            clear = claims[alias] - world.ambiguous
            meant = sorted({world.meaning[claimant] for claimant in clear} - {alias})
            named = {c: world.nodes[c].name if c in world.nodes else "" for c in meant}
            if any(c in world.nodes for c in meant):
                found.append(AmbiguousAlias(alias, named))
        return Ambiguities(len(found), found[:limit])


def _found(node: Node, place: int, matched: str, how: str) -> Found:
    return make_found(node.id, node.type, node.name, matched, how, place)


def _place(identifier: str, text: str) -> int | None:
    """How literally a text names an identifier; None where it does not."""
    curie, local = as_curie(text), identifier.partition(":")[2]
    if identifier == text:
        return Place.IDENTIFIER
    if identifier.lower() == curie.lower():
        return Place.OTHER_SPELLING
    if local in (text, curie):
        return Place.ALIAS
    return Place.ALIAS_ANY_CASE if local.lower() in (text.lower(), curie.lower()) else None


def damerau_levenshtein(a: bytes, b: bytes) -> int:
    """Fewest insertions, deletions, substitutions and swaps of neighbours from ``a`` to ``b``."""
    far = len(a) + len(b)
    last: dict[int, int] = {}
    rows: list[list[int]] = [[far] * (len(b) + 2), [far, *range(len(b) + 1)]]
    for i, left in enumerate(a, 1):
        row, matched = [far, i], 0
        for j, right in enumerate(b, 1):
            k, m = last.get(right, 0), matched
            if left == right:
                matched = j
            swap = rows[k][m] + (i - k - 1) + 1 + (j - m - 1)
            edit = rows[i][j] + (left != right)
            row.append(min(swap, edit, row[j] + 1, rows[i][j + 1] + 1))
        rows.append(row)
        last[left] = i
    return rows[-1][-1]
