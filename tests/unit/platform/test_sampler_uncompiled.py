"""The kernels of the sampler run uncompiled, too, and draw the same."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import orjson

from kgp.platform.sampler import FusedNeighborSampler, SamplerConfig
from tests.unit.platform.test_sampler import GRAPH, KINDS


def columns() -> list[list[int]]:
    """Sample two hops around eight nodes, with every seventh edge excluded."""
    config = SamplerConfig((4, {"R1": 2, "*": 3}), seed=3, hub_cap=40)
    exclude = np.arange(0, GRAPH.edges, 7)
    block = FusedNeighborSampler(GRAPH, KINDS, config).sample(range(8), exclude=exclude)
    return [block.nodes.tolist(), block.src.tolist(), block.dst.tolist(), block.position.tolist()]


def test_the_kernels_draw_the_same_edges_uncompiled() -> None:
    code = f"import orjson, {__name__} as t; print(orjson.dumps(t.columns()).decode())"
    done = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", code],
        env=os.environ | {"NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        check=True,
    )
    assert orjson.loads(done.stdout) == columns()
