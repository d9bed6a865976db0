"""LINCS L1000: plates, signatures, consensus tables."""
