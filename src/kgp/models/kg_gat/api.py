"""The verbs of KG-GAT."""

from kgp.models.kg_gat.attention import AttentionReport, attention
from kgp.models.kg_gat.config import KgGatConfig as Config
from kgp.models.kg_gat.predictor import predict
from kgp.models.kg_gat.run import train

__all__ = ["AttentionReport", "Config", "attention", "predict", "train"]
