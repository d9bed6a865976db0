"""Encoders: from a molecule, a protein or a text to a vector."""

from kgp.platform.encoders.base import Encoded, Encoder, EncoderOptions
from kgp.platform.encoders.registry import ENCODERS, load_encoder

__all__ = ["ENCODERS", "Encoded", "Encoder", "EncoderOptions", "load_encoder"]
