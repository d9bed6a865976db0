"""KG-GAT: graph attention over the knowledge graph predicts drug responses.

The model of arXiv:2512.22251 as far as it is known, on kgp's snapshot: encoders per node type,
two GATv2 layers over sampled neighbours, a head on the drug. Ours predicts the deviation from the
mean training response in a low-rank response space.
"""
