"""Auditing and refining a signed regulatory network from perturbation responses."""
