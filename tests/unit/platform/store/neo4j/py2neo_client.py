"""What a py2neo program reads of a graph of kgp; run by file, with py2neo alone beside it.

Arguments: URL, user, and file of the password. Prints one JSON object.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from py2neo import Graph, NodeMatcher, RelationshipMatcher

url, user, secret = sys.argv[1:]
graph = Graph(url, auth=(user, Path(secret).read_text().strip()))
gene = NodeMatcher(graph).match("Kgp", id="ncbigene:7157").first()
edges = RelationshipMatcher(graph).match((gene, None), "REGULATES").where("_.until IS NULL")
parts = graph.run(
    "MATCH (:Kgp {id: $id})-[r:REGULATES]->(d:Kgp) RETURN d, r", id=gene["id"]
).to_subgraph()
sys.stdout.write(
    json.dumps(
        {
            "count": graph.run("MATCH (n:Kgp) RETURN count(n) AS n").evaluate(),
            "labels": sorted(gene.labels),
            "name": gene["name"],
            "effects": sorted({edge["effect"] for edge in edges}),
            "targets": sorted({node["name"] for node in parts.nodes} - {gene["name"]}),
        }
    )
)
