"""``python -m kgp``."""

from kgp.cli import run

run()
