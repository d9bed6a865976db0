"""What a run keeps for later, and the check that it meets the graph it was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from kgp.errors import BadInputError
from kgp.models.baselines import BaselineConfig
from kgp.models.kg_gat.config import KgGatConfig
from kgp.models.kg_gat.features import NodeInputs, read_inputs
from kgp.models.kg_gat.fit import SHARE
from kgp.models.kg_gat.problem import Problem, ResponseSpace, build_module
from kgp.models.splits import PARTS
from kgp.models.trainer import RunFacts
from kgp.models.trainer.saved import read_saved, write_saved
from kgp.models.training import CHECKPOINT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from kgp.models.kg_gat.module import KgGat
    from kgp.models.trainer import FitState
    from kgp.platform.snapshot import Snapshot

MODEL = "kg-gat"
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Network:
    """One trained network.

    Args:
        seed: its seed, which is also its sampler's.
        module: the weights.
        share: how much of the predicted deviation is kept.
    """

    seed: int
    module: KgGat
    share: float


@dataclass(frozen=True, slots=True)
class LoadedRun:
    """A run that met its graph.

    Args:
        config: its constants.
        snapshot: its graph.
        inputs: input vectors of all nodes.
        space: response space.
        genes: CURIE of each response column.
        parts: drug → ``train``, ``validation`` or ``test``.
        networks: one per seed.
    """

    config: KgGatConfig
    snapshot: Snapshot
    inputs: NodeInputs
    space: ResponseSpace
    genes: tuple[str, ...]
    parts: dict[str, str]
    networks: tuple[Network, ...]


def run_facts(snapshot: Snapshot, config: KgGatConfig, inputs: NodeInputs | None) -> RunFacts:
    """Name everything that a run's weights depend on; the inputs' columns where they are known."""
    layout = {
        "node types": list(snapshot.numbering.types),
        "relations": [f"{r.source} {r.name} {r.target}" for r in snapshot.relations],
    }
    if inputs is not None:
        plans = zip(inputs.types, inputs.layout, strict=True)
        pieces = ((kind, piece) for kind, plan in plans for piece in plan)
        layout["inputs"] = [f"{kind}.{name}[{width}]" for kind, (name, _, width, _) in pieces]
    return RunFacts(MODEL, snapshot.hash, config.constants, layout)


def save_checkpoint(run: Path, problem: Problem, fits: dict[int, FitState]) -> None:
    """Write ``checkpoint.pt``: tensors, numbers and text only, so that loading runs no code."""
    split, drugs = problem.split, problem.data.drugs
    space = problem.space
    facts = {
        "facts": run_facts(problem.snapshot, problem.config, problem.inputs).to_json(),
        "genes": list(problem.data.genes),
        "parts": {drugs[int(row)]: part for part in PARTS for row in getattr(split, part)},
        "coordinates": torch.from_numpy(problem.coordinates),
        "base": torch.from_numpy(space.base),
        "axes": torch.from_numpy(np.ascontiguousarray(space.axes)),
        "spread": space.spread,
        "length": space.length,
        "networks": [
            {"seed": seed, "share": state.best_notes[SHARE], "weights": state.best_weights}
            for seed, state in fits.items()
        ],
    }
    write_saved(run / CHECKPOINT, FORMAT, facts)


def load_run(run: Path, snapshot: Snapshot) -> LoadedRun:
    """Load a run's networks for the snapshot they were trained on.

    Raises:
        BadInputError: if the folder has no checkpoint, a damaged one, or one of another graph.
        StoreError: if another version of kgp wrote it.
    """
    facts = _read(run)
    known = RunFacts.from_json(facts["facts"])
    config = _config(known.config)
    if known.snapshot != snapshot.hash:
        raise _other_graph(run, known, facts["coordinates"].numpy(), snapshot, config)
    inputs = read_inputs(snapshot, facts["coordinates"].numpy())
    base, axes = facts["base"].numpy(), facts["axes"].numpy()
    networks = []
    for entry in facts["networks"]:
        module = build_module(snapshot, config, inputs, len(axes))
        module.load_state_dict(entry["weights"])
        networks.append(Network(entry["seed"], module.eval(), entry["share"]))
    return LoadedRun(
        config=config,
        snapshot=snapshot,
        inputs=inputs,
        space=ResponseSpace(base, axes, facts["spread"], facts["length"]),
        genes=tuple(facts["genes"]),
        parts=facts["parts"],
        networks=tuple(networks),
    )


def _read(run: Path) -> dict[str, Any]:
    file = run / CHECKPOINT
    if not file.is_file():
        raise BadInputError(
            f"{run} holds no trained model.",
            hint=f"A finished run has a {CHECKPOINT}.",
            command="kgp train kg-gat",
        )
    return read_saved(file, FORMAT, f"rm -r {run} && kgp train kg-gat")


def _config(constants: Mapping[str, Any]) -> KgGatConfig:
    facts = dict(constants)
    baselines = BaselineConfig(**_with_tuples(facts.pop("baselines")))
    return KgGatConfig(**_with_tuples(facts), baselines=baselines)


def _with_tuples(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(v) if isinstance(v, list) else v for key, v in facts.items()}


def _other_graph(
    run: Path,
    known: RunFacts,
    coordinates: NDArray[np.float16],
    snapshot: Snapshot,
    config: KgGatConfig,
) -> BadInputError:
    """Say in what the run's graph and the snapshot differ, with both lists."""
    inputs = None
    if len(coordinates) == snapshot.adjacency.nodes:
        inputs = read_inputs(snapshot, coordinates)
    here = run_facts(snapshot, config, inputs)
    return BadInputError(
        f"The run {run} was trained on another snapshot.",
        hint="\n".join(known.differences(here)),
        command="kgp train kg-gat",
    )
