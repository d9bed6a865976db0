"""Neighbour sampling over the fused adjacency."""

from kgp.platform.sampler.block import FusedBlock
from kgp.platform.sampler.sampler import FusedNeighborSampler, SamplerConfig

__all__ = ["FusedBlock", "FusedNeighborSampler", "SamplerConfig"]
