"""Our own loader: what PyG's gives, with every edge's own features, reproducibly."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from torch_geometric.loader import LinkLoader, NodeLoader
from torch_geometric.sampler import NegativeSampling

from kgp.errors import BadInputError
from kgp.platform.pyg import (
    BatchContents,
    EdgeFeatures,
    PyGNeighborSampler,
    link_loader,
    node_loader,
    to_hetero_data,
)
from kgp.platform.sampler import SamplerConfig
from kgp.platform.snapshot import Snapshot, SnapshotConfig, write_snapshot
from tests.unit.platform.pyg.conftest import (
    SIZES,
    assert_edges_are_their_own,
    assert_same,
    random_world,
    whose_edges,
)

if TYPE_CHECKING:
    from pathlib import Path

    from torch_geometric.data import HeteroData

INDICATED = ("Drug", "INDICATED_FOR", "Disease")
INTERACTS = ("Gene", "INTERACTS_WITH", "Gene")


def contents(world: Snapshot, **options: Any) -> BatchContents:
    features = EdgeFeatures(world, arrays={"whose": whose_edges(world)})
    config = options.pop("config", SamplerConfig((4, 3), seed=1))
    return BatchContents(world, config, edge_features=features, **options)


def links(world: Snapshot, kind: tuple[str, str, str]) -> np.ndarray:
    index: np.ndarray = to_hetero_data(world, vectors=False)[kind].edge_index.numpy()
    return index


@pytest.mark.parametrize("threads", [1, 3])
def test_every_edge_has_its_own_features_in_every_batch(world: Snapshot, threads: int) -> None:
    loader = node_loader(contents(world), "Gene", batch_size=9, threads=threads)
    seen = [assert_edges_are_their_own(world, batch) for _ in range(5) for batch in loader]
    assert len(seen) == 5 * 9
    assert sum(seen) > 5_000


@pytest.mark.parametrize("resident", [False, True])
def test_batches_are_those_of_pygs_own_loader(world: Snapshot, resident: bool) -> None:
    mine = node_loader(contents(world, resident=resident), "Gene", batch_size=16, shuffle=False)
    features = EdgeFeatures(world, arrays={"whose": whose_edges(world)})
    sampler = PyGNeighborSampler(world, SamplerConfig((4, 3), seed=1))
    data = to_hetero_data(world, edge_features=features)
    theirs = NodeLoader(data, sampler, input_nodes="Gene", batch_size=16)
    for one, other in zip(mine, theirs, strict=True):
        del other["Gene"].seed_time, other["Gene"].batch
        for store in other.stores:
            for name in [name for name, value in store.items() if value is None]:
                del store[name]
        assert_same(one, other)


def test_any_number_of_threads_gives_equal_batches(world: Snapshot) -> None:
    one, three = (
        list(node_loader(contents(world), "Drug", batch_size=4, threads=n)) for n in (1, 3)
    )
    for mine, theirs in zip(one, three, strict=True):
        assert_same(mine, theirs)


def test_chosen_nodes_come_once_with_their_number(world: Snapshot) -> None:
    nodes = np.array([70, 3, 14, 8, 25])
    loader = node_loader(contents(world), ("Gene", nodes), batch_size=2)
    seen = {}
    for batch in loader:
        store = batch["Gene"]
        own = store.n_id[: store.batch_size]
        seen |= dict(zip(store.input_id.tolist(), own.tolist(), strict=True))
    assert [seen[row] for row in range(5)] == nodes.tolist()


def test_vectors_are_chosen_by_name(world: Snapshot) -> None:
    batch = next(iter(node_loader(contents(world, vectors=("morgan",)), "Drug", batch_size=4)))
    assert batch["Drug"].morgan.dtype == torch.float16
    assert batch["Drug"].morgan[:, 0].tolist() == batch["Drug"].n_id.tolist()
    assert batch["Drug"].morgan_mask.tolist() == (batch["Drug"].n_id > 0).tolist()
    assert "place" not in batch["Drug"]


def test_the_transform_runs_in_the_background(world: Snapshot) -> None:
    def mark(batch: HeteroData) -> HeteroData:
        batch.thread = threading.current_thread().name
        return batch

    loader = node_loader(contents(world, transform=mark), "Drug", batch_size=10)
    assert all(batch.thread.startswith("kgp-prefetch") for batch in loader)


def test_a_resumed_loader_gives_the_batches_that_were_to_come(world: Snapshot) -> None:
    def fresh() -> Any:
        return node_loader(contents(world), "Gene", batch_size=16, threads=2)

    whole = list(fresh())
    begun = fresh()
    for number, _ in enumerate(begun):
        if number == 2:
            break
    resumed = fresh()
    resumed.load_state_dict(begun.state_dict())
    for one, other in zip(resumed, whole[3:], strict=True):
        assert_same(one, other)


def test_a_position_in_another_graph_is_refused(world: Snapshot, tmp_path: Path) -> None:
    config = SnapshotConfig(relations=("TARGETS",))
    other = write_snapshot(random_world(), tmp_path, config)
    state = node_loader(contents(world), "Gene", batch_size=4).state_dict()
    with pytest.raises(BadInputError, match=f"snapshot: saved {world.hash}, here {other.hash}"):
        node_loader(contents(other), "Gene", batch_size=4).load_state_dict(state)


@pytest.mark.parametrize("kind", [INDICATED, INTERACTS])
@pytest.mark.parametrize("negatives", [None, "binary", NegativeSampling("triplet", 3)])
def test_supervised_links_are_left_out_and_edges_are_their_own(
    world: Snapshot, kind: tuple[str, str, str], negatives: Any
) -> None:
    config = SamplerConfig((-1, -1))
    loader = link_loader(
        contents(world, config=config),
        (kind, links(world, kind)),
        batch_size=12,
        neg_sampling=negatives,
        threads=2,
    )
    whole = to_hetero_data(world)[kind].edge_position
    for batch in loader:
        assert assert_edges_are_their_own(world, batch) > 0
        position = whole[batch[kind].input_id].numpy()
        hidden = {*position.tolist(), *world.reverse_positions(position).tolist()}
        there = {int(p) for key in world_types(world) for p in batch[key].edge_position}
        assert not hidden & there


def world_types(world: Snapshot) -> list[tuple[str, str, str]]:
    return [(kind.source, kind.name, kind.target) for kind in world.relations]


@pytest.mark.parametrize("kind", [INDICATED, INTERACTS])
def test_positive_pairs_stand_where_pygs_link_loader_puts_them(
    world: Snapshot, kind: tuple[str, str, str]
) -> None:
    pairs, config = links(world, kind), SamplerConfig((4, 3), seed=1)
    mine = link_loader(
        contents(world), (kind, pairs), np.ones(pairs.shape[1]), batch_size=16, shuffle=False
    )
    sampler = PyGNeighborSampler(world, config)
    theirs = LinkLoader(
        to_hetero_data(world), sampler, kind, torch.ones(pairs.shape[1]), batch_size=16
    )
    for one, other in zip(mine, theirs, strict=True):
        assert torch.equal(one[kind].edge_label_index, other[kind].edge_label_index)
        assert torch.equal(one[kind].input_id, other[kind].input_id)
        for key in world_types(world):  # the seeds' types may stand in another order
            positions = [batch[key].edge_position.sort().values for batch in (one, other)]
            assert torch.equal(*positions)


def test_binary_negatives_are_no_edges_and_have_label_zero(world: Snapshot) -> None:
    loader = link_loader(
        contents(world),
        (INDICATED, links(world, INDICATED)),
        batch_size=20,
        neg_sampling=NegativeSampling("binary", 2.5),
    )
    number = world_types(world).index(INDICATED)
    for batch in loader:
        size = len(batch[INDICATED].input_id)
        label = batch[INDICATED].edge_label
        assert label.tolist() == [1] * size + [0] * -(-5 * size // 2)
        row, col = batch[INDICATED].edge_label_index
        src = batch["Drug"].n_id[row].numpy() + world.numbering.span("Drug")[0]
        dst = batch["Disease"].n_id[col].numpy() + world.numbering.span("Disease")[0]
        found = world.positions(src, np.full(len(src), number), dst) >= 0
        assert found.tolist() == [True] * size + [False] * (len(src) - size)


def test_triplets_hold_a_source_its_destination_and_others(world: Snapshot) -> None:
    pairs = links(world, INTERACTS)
    loader = link_loader(
        contents(world),
        (INTERACTS, pairs),
        batch_size=20,
        neg_sampling=NegativeSampling("triplet", 3),
    )
    for batch in loader:
        store, rows = batch["Gene"], batch[INTERACTS].input_id
        found = torch.stack([store.n_id[store.src_index], store.n_id[store.dst_pos_index]])
        assert found.tolist() == pairs[:, rows].tolist()
        assert store.dst_neg_index.shape == (len(rows), 3)


def test_negatives_are_uniform_over_the_pairs_that_are_no_edges(world: Snapshot) -> None:
    pairs = links(world, INDICATED)
    loader = link_loader(
        contents(world, config=SamplerConfig((0,)), vectors=()),
        (INDICATED, pairs),
        batch_size=1_000,
        neg_sampling=NegativeSampling("binary", 300),
    )
    (batch,) = loader
    row, col = batch[INDICATED].edge_label_index[:, pairs.shape[1] :]
    drug, disease = batch["Drug"].n_id[row].numpy(), batch["Disease"].n_id[col].numpy()
    counts = np.bincount(
        drug * SIZES["Disease"] + disease, minlength=SIZES["Drug"] * SIZES["Disease"]
    )
    others = np.ones(len(counts), bool)
    others[pairs[0] * SIZES["Disease"] + pairs[1]] = False
    assert counts[~others].sum() == 0
    expected = counts.sum() / others.sum()
    chi_square = ((counts[others] - expected) ** 2 / expected).sum()
    freedom = others.sum() - 1
    assert abs(chi_square - freedom) < 4 * np.sqrt(2 * freedom)


def test_negatives_do_not_depend_on_threads_or_batches(world: Snapshot) -> None:
    def drawn(threads: int, batch_size: int) -> dict[int, tuple[int, int]]:
        pairs, found = links(world, INDICATED), {}
        loader = link_loader(
            contents(world),
            (INDICATED, pairs),
            batch_size=batch_size,
            neg_sampling="binary",
            threads=threads,
        )
        for batch in loader:
            ids = batch[INDICATED].input_id.tolist()
            row, col = batch[INDICATED].edge_label_index[:, len(ids) :]
            ends = batch["Drug"].n_id[row].tolist(), batch["Disease"].n_id[col].tolist()
            found |= dict(zip(ids, zip(*ends, strict=True), strict=True))
        return found

    assert drawn(1, 16) == drawn(3, 16) == drawn(2, 7)


def test_labels_from_zero_make_room_for_the_negatives(world: Snapshot) -> None:
    pairs = links(world, INDICATED)
    labels = np.arange(pairs.shape[1]) % 3
    loader = link_loader(
        contents(world), (INDICATED, pairs), labels, batch_size=16, neg_sampling="binary"
    )
    for batch in loader:
        ids = batch[INDICATED].input_id.tolist()
        expected = [labels[row] + 1 for row in ids] + [0] * len(ids)
        assert batch[INDICATED].edge_label.tolist() == expected


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ("Pathway", "Unknown node type 'Pathway'"),
        (("Drug", [0, 30]), "Node 30 is not a Drug"),
        (("Drug", [-1]), "Node -1 is not a Drug"),
        (("Drug", [4, 5, 4]), "Node 4 of Drug is given more than once"),
        (("Drug", []), "no seeds"),
    ],
)
def test_wrong_nodes_are_refused_before_the_first_batch(
    world: Snapshot, nodes: Any, message: str
) -> None:
    with pytest.raises(BadInputError, match=message):
        node_loader(contents(world), nodes, batch_size=2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"links": (("Drug", "TREATS", "Disease"), [[0], [0]])}, "Unknown edge type"),
        ({"links": (INDICATED, [0, 1])}, "not pairs"),
        ({"links": (INDICATED, [[0], [20]])}, "Node 20 is not a Disease"),
        ({"neg_sampling": "ternary"}, "'ternary' is no way"),
        ({"neg_sampling": NegativeSampling("binary", 1, torch.ones(30))}, "Weighted"),
        ({"labels": [1, 0]}, "2 labels do not fit 1 links"),
        ({"labels": [1], "neg_sampling": "triplet"}, "Triplets have no labels"),
    ],
)
def test_wrong_links_are_refused_before_the_first_batch(
    world: Snapshot, options: dict[str, Any], message: str
) -> None:
    given: dict[str, Any] = {"links": (INDICATED, [[0], [0]])} | options
    with pytest.raises(BadInputError, match=message):
        link_loader(contents(world), batch_size=2, **given)


def test_an_unknown_vector_set_is_refused(world: Snapshot) -> None:
    with pytest.raises(BadInputError, match="Unknown vector set 'morgans'"):
        contents(world, vectors=("morgans",))
