"""Drugs, their structures and targets."""
