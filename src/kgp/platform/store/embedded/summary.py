"""The summary of the graph in the embedded store, by the database's own aggregates."""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter

from kgp.platform.store.embedded.session import Session
from kgp.platform.store.summary import (
    EXAMPLES,
    HUBS,
    Degrees,
    GraphSummary,
    Hub,
    LicenseCount,
    SharedNames,
)

OWN_LICENSE = """
CASE WHEN contains({0}.{1}, '"license":') THEN coalesce({0}.{1} ->> 'license', {2}.license)
     ELSE {2}.license END"""
"""The licence of a row, else that of its source: format with the alias of the row, its column of
JSON, and the alias of the load. A substring decides first, as most rows have no licence."""

_LINKS = f"""
CREATE OR REPLACE TEMP TABLE link AS
SELECT type, src, dst, source, max({OWN_LICENSE.format("e", "properties", "e")}) AS license
FROM edge e GROUP BY type, src, dst, qualifier, source
UNION ALL
SELECT 'REGULATES', src, dst, source, {OWN_LICENSE.format("r", "evidence", "r")} FROM regulates r
"""

_DEGREES = """
CREATE OR REPLACE TEMP TABLE degree AS
SELECT n.type, n.id, n.name, coalesce(d.degree, 0) AS degree
FROM node n LEFT JOIN (
    SELECT nid, count(*) AS degree
    FROM (SELECT src AS nid FROM link UNION ALL SELECT dst FROM link WHERE dst <> src)
    GROUP BY nid) d USING (nid)
"""

_BY_TYPE = """
SELECT type, count(*), count(*) FILTER (degree = 0), median(degree), max(degree)
FROM degree GROUP BY type ORDER BY type"""

_HUBS = f"""
SELECT type, id, name, degree FROM degree WHERE degree > 0
QUALIFY row_number() OVER (PARTITION BY type ORDER BY degree DESC, id) <= {HUBS}
ORDER BY type, degree DESC, id"""

_LICENSES = f"""
SELECT license, sum(nodes)::BIGINT, sum(links)::BIGINT FROM (
    SELECT {OWN_LICENSE.format("s", "properties", "l")} AS license,
           count(DISTINCT m.nid) AS nodes, 0 AS links
    FROM node_statement s JOIN meaning m USING (eid) JOIN load l USING (load) GROUP BY 1
    UNION ALL SELECT license, 0, count(*) FROM link GROUP BY license)
GROUP BY license ORDER BY license"""

_CORROBORATED = """
SELECT type, count(*) FROM (
    SELECT type FROM link GROUP BY type, src, dst HAVING count(DISTINCT source) > 1)
GROUP BY type ORDER BY type"""

_SHARED = f"""
SELECT type, count(*), sum(nodes)::BIGINT,
       list(name ORDER BY nodes DESC, name)[1:{EXAMPLES}]
FROM (SELECT type, name, count(*) AS nodes FROM node WHERE name <> ''
      GROUP BY type, name HAVING count(*) > 1)
GROUP BY type ORDER BY type"""


class Summary(Session):
    """The summary of the port; documented there."""

    def summary(self) -> GraphSummary:
        """Describe the graph; relationships are gathered once for all figures."""
        self.execute(_LINKS)
        self.execute(_DEGREES)
        try:
            return GraphSummary(
                self._degrees(),
                [LicenseCount(*row) for row in self.rows(_LICENSES)],
                dict(self.rows(_CORROBORATED)),
                [SharedNames(*row) for row in self.rows(_SHARED)],
            )
        finally:
            self.execute("DROP TABLE temp.degree")
            self.execute("DROP TABLE temp.link")

    def _degrees(self) -> list[Degrees]:
        rows = groupby(self.rows(_HUBS), key=itemgetter(0))
        hubs = {kind: [Hub(*row[1:]) for row in found] for kind, found in rows}
        return [
            Degrees(kind, nodes, orphans, middle, largest, hubs.get(kind, []))
            for kind, nodes, orphans, middle, largest in self.rows(_BY_TYPE)
        ]
