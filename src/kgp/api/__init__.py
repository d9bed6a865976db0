"""What ``import kgp`` offers: the same operations as the command line, typed."""
