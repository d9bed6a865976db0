"""Neighbour sampling over the fused adjacency."""

from kgp.platform.sampler.block import FusedBlock
from kgp.platform.sampler.config import SamplerConfig
from kgp.platform.sampler.sampler import FusedNeighborSampler

__all__ = ["FusedBlock", "FusedNeighborSampler", "SamplerConfig"]
