"""A Neo4j server of the user's own, run from its published Java artifacts, without Docker."""
