"""The embedded adapter: one DuckDB file."""
