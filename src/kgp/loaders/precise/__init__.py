"""PRECISE: responses of E. coli to knock-outs."""
