"""kgp: a knowledge platform for gene regulation and perturbation biology."""
