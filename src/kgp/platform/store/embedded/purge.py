"""Removing what one load has stated."""

from __future__ import annotations

from kgp.errors import BadInputError
from kgp.platform.store.embedded.merging import Merging


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
            if head > 1 or fork:
                what = f"a fork, {fork!r}" if fork else f"{head} versions"
                raise BadInputError(
                    f"Network {name!r} has {what}; its first version cannot be removed.",
                    hint="History is never rewritten.",
                    command=f"kgp grn log {name}",
                )
            for table, column in (("regulation", "grn"), ("grn_version", "grn"), ("grn", "name")):
                self.execute(f"DELETE FROM {table} WHERE {column} = ?", name)
