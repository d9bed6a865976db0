"""The Neo4j adapter: a server that many clients share."""
