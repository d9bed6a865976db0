"""Fakes and golden data for tests of kgp and of what is built on it.

:class:`MemoryStore` satisfies the whole port of a store in plain Python; a new adapter is right
when it answers as this one does. :class:`ListLoader` feeds it, or any store, from lists.
"""

from kgp.testing.loads import ListLoader, SourceBuilder, publish, stage_list
from kgp.testing.memory.store import MemoryStore

__all__ = ["ListLoader", "MemoryStore", "SourceBuilder", "publish", "stage_list"]
