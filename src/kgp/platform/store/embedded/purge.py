"""Removing what one load has stated."""

from __future__ import annotations

from kgp.platform.store.embedded.merging import Merging
from kgp.platform.store.refusals import check_not_built_on


class Purging(Merging):
    """Removing loads."""

    def purge(self, load_id: str) -> None:
        """Remove what one load stated; facts that other loads state remain.

        Raises:
            BadInputError: for an unknown load, or one whose network has later versions.
        """
        load = self.load_number(load_id)
        with self.transaction():
            self._purge_networks(load)
            self.touch(load)
            for table in (
                "node_statement",
                "xref",
                "edge_statement",
                "dataset",
                "feature",
                "effect",
                "vector",
                "vector_set",
                "load",
            ):
                self.execute(f"DELETE FROM {table} WHERE load = ?", load)
            self.rebuild_nodes()

    def _purge_networks(self, load: int) -> None:
        grns = self.rows(
            """SELECT g.name, g.head, f.name FROM grn g
            LEFT JOIN grn f ON starts_with(f.forked_from, g.name || '@')
            WHERE g.name IN (SELECT grn FROM regulation WHERE load = ?) AND g.forked_from = ''
            ORDER BY g.name""",
            load,
        )
        for name, head, fork in grns:
            check_not_built_on(name, head, fork)
            for table, column in (("regulation", "grn"), ("grn_version", "grn"), ("grn", "name")):
                self.execute(f"DELETE FROM {table} WHERE {column} = ?", name)
