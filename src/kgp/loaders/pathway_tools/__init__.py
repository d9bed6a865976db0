"""Pathway Tools attribute-value files: lines, records, values."""
