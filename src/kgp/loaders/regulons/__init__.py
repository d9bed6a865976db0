"""Signed networks of regulators and targets."""
