"""Vectors that a source brings, in the embedded store: written and removed with its load."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.errors import BadInputError
from kgp.platform.store.embedded.session import Session

if TYPE_CHECKING:
    from kgp.kg_schema.provenance import SourceInfo

_LENGTHS = """
SELECT v.name, min(len(v.vector)), max(len(v.vector)), any_value(f.n)
FROM vector v
LEFT JOIN (SELECT space, count(*) AS n FROM feature WHERE load = $load GROUP BY space) f
    ON f.space = v.name
WHERE v.load = $load GROUP BY v.name ORDER BY v.name"""

_TWICE = """
SELECT i.id, v.name FROM vector v JOIN identifier i USING (eid)
WHERE v.load = ? GROUP BY i.id, v.name HAVING count(*) > 1 ORDER BY ALL LIMIT 1"""

_DESCRIBE = """
INSERT INTO vector_set
SELECT v.name, if(count(DISTINCT s.type) = 1, min(s.type), ''), $source, $version, '',
       min(len(v.vector)), 'float32', 0, $created, $load
FROM vector v LEFT JOIN node_statement s ON s.eid = v.eid AND s.load = v.load
WHERE v.load = $load GROUP BY v.name"""


class LoadedVectors(Session):
    """The part of publishing that concerns vectors."""

    def describe_vectors(self, load: int, info: SourceInfo, created: str) -> None:
        """Give every vector set of a load its record, of the date ``created``.

        Raises:
            BadInputError: if the vectors of a set differ in length, or from the number of its
                features, or a node has two.
        """
        for name, shortest, longest, features in self.rows(_LENGTHS, load=load):
            if shortest != longest or features not in (None, longest):
                of = f", its features are {features}" if features not in (None, longest) else ""
                raise BadInputError(
                    f"Vectors of {name!r} have lengths from {shortest} to {longest}{of}.",
                    hint="Expected is one value for each feature.",
                )
        for identifier, name in self.rows(_TWICE, load):
            raise BadInputError(f"Node {identifier!r} has two vectors in {name!r}.")
        about = {"source": info.name, "version": info.version, "created": created}
        self.execute(_DESCRIBE, load=load, **about)
