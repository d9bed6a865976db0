"""Perturb-seq: from cells or pseudo-bulk to responses."""
