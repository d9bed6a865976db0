"""The Gene Ontology: terms with definitions, and the relations from child to parent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from kgp.errors import BadInputError
from kgp.kg_schema.batches import XREF_SYNONYM, Kind
from kgp.kg_schema.node_types import GO_ASPECTS
from kgp.loaders.base import FileLoader
from kgp.loaders.frames import emit
from kgp.loaders.ontology.obo import Stanza, quoted, read_stanzas

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kgp.kg_schema.batches import Batch
    from kgp.kg_schema.tally import Tally

RELATIONSHIPS = {
    "is_a": "IS_A",
    "part_of": "PART_OF",
    "regulates": "REGULATES_TERM",
    "positively_regulates": "POSITIVELY_REGULATES_TERM",
    "negatively_regulates": "NEGATIVELY_REGULATES_TERM",
}
"""OBO relation → type.

Of these only ``is_a`` and ``part_of`` carry an annotation from a term to its parents; to regulate
a process is not to take part in it, which is why regulation has types of its own.
"""

NOT_FOLLOWED = (
    "has_part",
    "occurs_in",
    "happens_during",
    "starts_during",
    "ends_during",
)
"""Relations of the full ontology that are left out and counted.

What has a part is not told by what holds for the part, and the others cross from one aspect to
another: read as a hierarchy they would give wrong annotations, and they close cycles.
"""

_GO_ID = re.compile(r"^GO:\d{7}$")


class GeneOntology(FileLoader):
    """Reads go-basic.obo, go.obo or a slim."""

    source = "go"

    def __init__(self, inputs: Mapping[str, Path], *, version: str | None = None) -> None:
        path = inputs["obo"]
        self._header = next(read_stanzas(path))
        if not self._header.first("format-version"):
            raise BadInputError(
                f"{path} has no header line 'format-version:'.",
                hint="Expected is an OBO file of the Gene Ontology, version 1.2 or 1.4.",
                command="kgp load go go-basic.obo",
            )
        super().__init__(inputs, version=version)

    def stated_version(self) -> str | None:
        """Return the data-version of the header, else its date, year first."""
        date = re.match(r"(\d\d):(\d\d):(\d{4})", self._header.first("date"))
        dated = date and f"{date[3]}-{date[2]}-{date[1]}"
        return self._header.first("data-version") or dated or None

    def batches(self, tally: Tally) -> Iterator[Batch]:
        """Yield the terms, their alternative ids, then the relations among them.

        Alternative ids, and obsolete terms with one replacement, are synonyms of the term that
        took their place.
        """
        stanzas = [s for s in read_stanzas(self.inputs["obo"]) if s.kind == "Term"]
        if not stanzas:
            raise BadInputError(
                f"{self.inputs['obo']} holds no [Term].",
                hint="Expected is an OBO file of the Gene Ontology.",
                command="kgp load go go-basic.obo",
            )
        tally.read(len(stanzas))
        default = self._header.first("default-namespace")
        terms = _terms(stanzas, default, tally)
        yield from emit(Kind.NODES, _nodes(terms, default))
        yield from _xrefs(terms, stanzas)
        yield from _edges(terms, tally)


def _terms(stanzas: list[Stanza], default: str, tally: Tally) -> dict[str, Stanza]:
    """Identifier → live term; of two with one identifier the first."""
    terms: dict[str, Stanza] = {}
    for stanza in stanzas:
        if _is_term(stanza, default, tally):
            identifier = stanza.first("id")
            if identifier in terms:
                example = f"{identifier} (line {stanza.line})"
                tally.drop("term with the id of another", example=example)
            terms.setdefault(identifier, stanza)
    return terms


def _is_term(stanza: Stanza, default: str, tally: Tally) -> bool:
    identifier = stanza.first("id")
    where = f"{identifier[:80] or 'no id'} (line {stanza.line})"
    if stanza.first("is_obsolete") == "true":
        tally.drop("obsolete term", example=where)
    elif not _GO_ID.match(identifier):
        tally.drop("not a GO id", example=where)
    elif (stanza.first("namespace") or default) not in GO_ASPECTS:
        tally.drop("not a namespace of GO", example=where)
    else:
        return True
    return False


def _curie(identifier: str) -> str:
    return identifier.replace("GO:", "go:", 1)


def _nodes(terms: Mapping[str, Stanza], default: str) -> pl.DataFrame:
    rows = terms.values()
    columns = {
        "id": [_curie(s.first("id")) for s in rows],
        "type": [GO_ASPECTS[s.first("namespace") or default] for s in rows],
        "name": [s.first("name") for s in rows],
        "definition": [next(map(quoted, s.all("def")), None) for s in rows],
        "synonyms": [[quoted(text) for text in s.all("synonym")] for s in rows],
    }
    texts = pl.List(pl.String)
    return pl.DataFrame(columns, schema_overrides={"definition": pl.String, "synonyms": texts})


def _xrefs(terms: Mapping[str, Stanza], stanzas: list[Stanza]) -> Iterator[Batch]:
    pairs = [(term, other) for term, s in terms.items() for other in s.all("alt_id")]
    for stanza in stanzas:
        replaced = stanza.all("replaced_by")
        if stanza.first("id") not in terms and len(replaced) == 1 and replaced[0] in terms:
            pairs.append((replaced[0], stanza.first("id")))
    frame = pl.DataFrame(pairs, schema={"id": pl.String, "other": pl.String}, orient="row")
    curies = pl.col("id", "other").str.replace("GO:", "go:", literal=True)
    yield from emit(Kind.XREFS, frame.with_columns(curies, kind=pl.lit(XREF_SYNONYM)))


def _edges(terms: Mapping[str, Stanza], tally: Tally) -> Iterator[Batch]:
    """Relations whose both ends are terms; what is left out is counted as read and dropped."""
    rows: list[tuple[str, str, str]] = []
    for term, stanza in terms.items():
        for relation, other in _relations(stanza):
            if relation not in RELATIONSHIPS:
                known = relation in NOT_FOLLOWED
                reason = f"relation {relation} is not followed" if known else "unknown relation"
            elif other not in terms:
                reason = "related term is not in the file"
            else:
                rows.append((_curie(term), _curie(other), RELATIONSHIPS[relation]))
                continue
            tally.read()
            tally.drop(reason, example=f"{term} {relation} {other}"[:120])
    schema = dict.fromkeys(("src", "dst", "type"), pl.String)
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    yield from emit(Kind.EDGES, frame.with_columns(qualifier=pl.lit("")))


def _relations(stanza: Stanza) -> Iterator[tuple[str, str]]:
    for value in stanza.all("is_a"):
        yield "is_a", value.split()[0] if value else ""
    for value in stanza.all("relationship"):
        relation, _, other = value.partition(" ")
        yield relation, other.split()[0] if other.split() else ""
