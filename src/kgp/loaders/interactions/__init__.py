"""Interactions of proteins, and pathways."""
