"""PyG's remote back ends over the memory map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import torch
from torch_geometric.data import EdgeAttr
from torch_geometric.data.graph_store import EdgeLayout
from torch_geometric.loader import LinkLoader, NodeLoader

from kgp.errors import BadInputError
from kgp.platform.pyg import (
    EdgeFeatures,
    PyGNeighborSampler,
    SnapshotFeatureStore,
    SnapshotGraphStore,
    remote_stores,
    to_hetero_data,
)
from kgp.platform.sampler import SamplerConfig
from tests.unit.platform.pyg.conftest import SIZES, assert_edges_are_their_own, whose_edges

if TYPE_CHECKING:
    from torch_geometric.data import HeteroData

    from kgp.platform.snapshot import Snapshot

Stores = tuple[SnapshotFeatureStore, SnapshotGraphStore]
REGULATES = ("Gene", "REGULATES", "Gene")


@pytest.fixture
def stores(world: Snapshot) -> Stores:
    return remote_stores(world, EdgeFeatures(world, arrays={"whose": whose_edges(world)}))


@pytest.fixture(scope="module")
def data(world: Snapshot) -> HeteroData:
    return to_hetero_data(world)


@pytest.mark.parametrize(
    "index",
    [None, slice(2, 9, 3), torch.tensor([5, 0, 5]), torch.arange(30) % 4 == 0, 3],
    ids=["all", "slice", "tensor", "mask", "one"],
)
@pytest.mark.parametrize("name", ["morgan", "morgan_mask", "place"])
def test_tensors_are_those_of_the_data_for_every_kind_of_index(
    stores: Stores, data: HeteroData, index: Any, name: str
) -> None:
    whole = data["Drug"][name]
    expected = whole if index is None else whole[index]
    found = stores[0].get_tensor("Drug", name, index)
    assert found.dtype == expected.dtype
    assert torch.equal(found, expected)


def test_an_edge_type_has_its_edges_features(stores: Stores, data: HeteroData) -> None:
    for name in ("edge_sign", "edge_position"):
        for index in (None, slice(3, 8), torch.tensor([7, 2])):
            whole = data[REGULATES][name]
            expected = whole if index is None else whole[index]
            assert torch.equal(stores[0].get_tensor(REGULATES, name, index), expected)


def test_sizes_are_known_without_reading(stores: Stores) -> None:
    assert stores[0].get_tensor_size("Drug", "morgan") == (30, 3)
    assert stores[0].get_tensor_size("Gene", "place_mask") == (80,)
    assert (
        len(stores[0].get_all_tensor_attrs()) == 2 + 4 * 2 + len(stores[1].get_all_edge_attrs()) * 3
    )


def test_labels_of_the_user_may_be_put_beside_and_removed(stores: Stores) -> None:
    features = stores[0]
    labels = torch.arange(SIZES["Disease"])
    assert features.put_tensor(labels, group_name="Disease", attr_name="y", index=None)
    assert torch.equal(features.get_tensor("Disease", "y", slice(4, 6)), torch.tensor([4, 5]))
    assert features.remove_tensor("Disease", "y", None)
    with pytest.raises(BadInputError, match="Unknown feature of Disease 'y'"):
        features.get_tensor("Disease", "y", None)


def test_what_does_not_fit_is_not_put(stores: Stores) -> None:
    with pytest.raises(BadInputError, match="each of the 20 rows of Disease"):
        stores[0].put_tensor(torch.ones(3), group_name="Disease", attr_name="y", index=None)
    wrong = torch.ones(20)
    wrong[2] = torch.nan
    with pytest.raises(BadInputError, match="not finite in row 2"):
        stores[0].put_tensor(wrong, group_name="Disease", attr_name="y", index=None)
    with pytest.raises(BadInputError, match="'place' of Disease is there already"):
        stores[0].put_tensor(torch.ones(20), group_name="Disease", attr_name="place", index=None)


def test_unknown_groups_are_refused(stores: Stores) -> None:
    with pytest.raises(BadInputError, match="Unknown node type 'Drugs'"):
        stores[0].get_tensor("Drugs", "morgan", None)
    with pytest.raises(BadInputError, match="Unknown edge type 'Drug TARGET Gene'"):
        stores[1].get_edge_index(("Drug", "TARGET", "Gene"), "coo")


def test_edges_come_in_coo_and_csc(stores: Stores, data: HeteroData) -> None:
    for attr in stores[1].get_all_edge_attrs():
        kind = attr.edge_type
        row, col = stores[1].get_edge_index(attr)
        assert torch.equal(torch.stack([row, col]), data[kind].edge_index)
        assert attr.size == (SIZES[kind[0]], SIZES[kind[2]])
        source, pointer = stores[1].get_edge_index(kind, EdgeLayout.CSC)
        assert torch.equal(source, row)
        assert torch.equal(pointer.diff(), torch.bincount(col, minlength=attr.size[1]))


def test_pyg_converts_the_layouts_that_it_wants(stores: Stores, data: HeteroData) -> None:
    for layout in ("coo", "csc", "csr"):
        rows, cols, order = getattr(stores[1], layout)([REGULATES])
        size = data[REGULATES].num_edges
        assert {len(rows[REGULATES]), len(cols[REGULATES])} <= {size, SIZES["Gene"] + 1}
        assert (order[REGULATES] is None) == (layout != "csr")


def test_the_edges_cannot_be_changed(stores: Stores) -> None:
    attr = EdgeAttr(REGULATES, "coo")
    with pytest.raises(BadInputError, match="do not change"):
        stores[1].put_edge_index((torch.tensor([0]), torch.tensor([1])), attr)
    with pytest.raises(BadInputError, match="do not change"):
        stores[1].remove_edge_index(attr)


@pytest.mark.parametrize("workers", [0, 2])
def test_node_loader_over_the_stores_gives_the_batches_of_the_data(
    world: Snapshot, stores: Stores, data: HeteroData, workers: int
) -> None:
    sampler = PyGNeighborSampler(world, SamplerConfig((3, 2)))
    nodes = ("Drug", torch.arange(SIZES["Drug"]))
    options = {"input_nodes": nodes, "batch_size": 7, "num_workers": workers}
    remote = NodeLoader(stores, sampler, transform=stores[0].attach_edges, **options)
    for far, near in zip(remote, NodeLoader(data, sampler, **options), strict=True):
        assert torch.equal(far["Drug"].morgan, near["Drug"].morgan)
        assert torch.equal(far["Gene"].place_mask, near["Gene"].place_mask)
        for kind in data.edge_types:
            assert torch.equal(far[kind].edge_index, near[kind].edge_index)
        assert assert_edges_are_their_own(world, far) > 0


def test_link_loader_reads_its_links_from_the_stores(world: Snapshot, stores: Stores) -> None:
    sampler = PyGNeighborSampler(world, SamplerConfig((-1,)))
    loader = LinkLoader(stores, sampler, REGULATES, batch_size=50, transform=stores[0].attach_edges)
    for batch in loader:
        assert_edges_are_their_own(world, batch)
        assert batch[REGULATES].edge_label_index.shape[0] == 2
