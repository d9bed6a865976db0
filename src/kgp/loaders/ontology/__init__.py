"""The Gene Ontology and annotations with its terms."""
