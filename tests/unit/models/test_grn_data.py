"""Responses are read for a network: which signatures, in which groups, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from kgp.errors import BadInputError
from kgp.models.grn_data import (
    Measured,
    StoredNetwork,
    observations_hash,
    read_network,
    read_observations,
)
from kgp.models.refinement.audit import audit
from kgp.platform.staging import stage
from kgp.progress import SilentProgress
from kgp.testing.loads import SourceBuilder, source_info
from kgp.testing.memory.store import MemoryStore

if TYPE_CHECKING:
    from pathlib import Path

GENES = [f"ncbigene:{i}" for i in range(1, 7)]
A, B, C, D, E, F = GENES
RISES = [0.0, 4.0, -4.0, 0.0, 0.0, 0.0]


class World:
    """A store to which response sets are added.

    Its network is A → B, A ⊣ C, B → D; A and B are one transcription unit.
    """

    def __init__(self, folder: Path) -> None:
        self.store, self._folder, self._n = MemoryStore(), folder, 0
        genes = SourceBuilder(source_info("trrust"))
        for gene in GENES:
            genes.node(gene, "Gene", gene, taxon="ncbitaxon:9606")
        for source, target, sign in ((A, B, 1), (A, C, -1), (B, D, 1)):
            genes.regulates("net", source, target, sign)
        genes.node("ecocyc:TU1", "TranscriptionUnit", "ab")
        for gene in (A, B):
            genes.edge("ecocyc:TU1", "HAS_MEMBER", gene)
        self._load(genes)

    def _load(self, source: SourceBuilder) -> None:
        self._n += 1
        with SilentProgress().step("stage") as step:
            self.store.publish(stage(source.loader(), self._folder / str(self._n), {}, step))

    def add(
        self,
        name: str,
        *rows: tuple[dict[str, int], list[float], dict[str, Any]],
        features: list[str] = GENES,
        censored: bool = False,
        organism: str = "9606",
    ) -> Measured:
        """Add a set of signatures (perturbed genes, z-scores, properties), and read it."""
        source = SourceBuilder(source_info("screen")).dataset(name, features, censored=censored)
        source.rows[0][1]["organism"] = organism
        for i, (perturbed, values, properties) in enumerate(rows):
            signature = f"kgp.signature:{name}/{i}"
            context = properties.pop("context", None)
            source.node(signature, "Signature", signature, **properties)
            for gene, direction in perturbed.items():
                source.edge(signature, "PERTURBS", gene, str(direction))
            if context:
                source.node(context, "CellLine", context.partition(":")[2])
                source.edge(signature, "MEASURED_IN", context)
            source.effect(name, signature, values)
        self._load(source)
        return self.read(name)

    def read(self, name: str, where: dict[str, str] | None = None) -> Measured:
        """Read a set for the network."""
        return read_observations(self.store, name, self.network, where=where)

    @property
    def network(self) -> StoredNetwork:
        """The network."""
        return read_network(self.store, "net")


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_combination_is_read_with_all_its_genes(world: World) -> None:
    seen = world.add("pair", ({A: 1, B: -1}, RISES, {})).observations
    place = {gene: i for i, gene in enumerate(world.network.signed.genes)}
    assert seen.seeds() == (((place[A], 1), (place[B], -1)),)


def test_genes_transcribed_with_a_deleted_gene_are_not_measured(world: World) -> None:
    found = world.add("polar", ({A: -1}, RISES, {}), ({A: 1}, RISES, {}))
    mate = world.network.signed.genes.index(B)
    assert found.observations.measured[:, mate].tolist() == [False, True]
    assert found.observations.labels[:, mate].tolist() == [0, 1]
    assert np.isnan(found.effects[:, mate]).tolist() == [True, False]


def test_drugs_and_genes_outside_the_network_are_left_out_and_counted(world: World) -> None:
    rows = [({A: 1}, RISES, {}), ({A: 0}, RISES, {}), ({A: 1, F: 1}, RISES, {})]
    found = world.add("mixed", *rows)
    assert found.observations.n_observations == 1
    assert found.left_out == {"a drug": 1, "genes outside the network": 1}


def test_sets_of_controls_that_overlap_are_one_group(world: World) -> None:
    rows = [
        ({A: 1}, RISES, {"control_set": "x", "controls": ["1", "2"]}),
        ({A: 1}, RISES, {"control_set": "y", "controls": ["2", "3"]}),
        ({A: 1}, RISES, {"control_set": "z", "controls": ["4"]}),
    ]
    assert world.add("controls", *rows).observations.groups == ("x", "x", "z")


def test_without_controls_the_study_and_then_the_strain_is_what_signatures_share(
    world: World,
) -> None:
    rows = [
        ({A: 1}, RISES, {"study": "s", "context": "cellosaurus:K562"}),
        ({A: 1}, RISES, {"context": "cellosaurus:K562"}),
        ({A: 1}, RISES, {}),
    ]
    groups = world.add("studies", *rows).observations.groups
    assert groups == ("s", "cellosaurus:K562", "kgp.signature:studies/2")


def test_signatures_are_restricted_by_property_and_by_context(world: World) -> None:
    rows = [
        ({A: 1}, RISES, {"medium": "M9", "context": "cellosaurus:K562"}),
        ({A: 1}, RISES, {"medium": "LB", "context": "cellosaurus:K562"}),
        ({A: -1}, RISES, {"medium": "M9"}),
    ]
    world.add("media", *rows)
    for where, n in (
        ({"medium": "m9"}, 2),
        ({"cell": "K562"}, 2),
        ({"context": "cellosaurus:K562", "medium": "M9"}, 1),
    ):
        assert world.read("media", where).observations.n_observations == n


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"medium": "M8"}, "Unknown medium 'M8'. Did you mean: M9"),
        ({"mediun": "M9"}, "Unknown property of signatures 'mediun'. Did you mean: medium"),
        ({"cell": "HeLa"}, "Unknown property of signatures 'cell'"),
    ],
)
def test_a_context_that_no_signature_has_is_answered_with_what_there_is(
    world: World, where: dict[str, str], message: str
) -> None:
    world.add("media", ({A: 1}, RISES, {"medium": "M9"}))
    with pytest.raises(BadInputError) as refused:
        world.read("media", where)
    assert message in str(refused.value)


def test_a_set_that_measures_other_genes_is_refused_with_the_overlap(world: World) -> None:
    others = [f"ncbigene:{i}" for i in range(100, 103)]
    with pytest.raises(BadInputError, match=r"measures 0 of the 4 genes .*0\.0%; at least 5%"):
        world.add("other", ({A: 1}, [3.0, 3.0, 3.0], {}), features=others)


def test_another_species_is_named(world: World) -> None:
    others = [f"ncbigene:{i}" for i in range(100, 103)]
    with pytest.raises(BadInputError, match=r"of NCBI taxon 10090, the network's .* taxon 9606"):
        world.add("mouse", ({A: 1}, [3.0] * 3, {}), features=others, organism="10090")


def test_responses_that_the_network_does_not_reach_are_refused(world: World) -> None:
    others = [f"ncbigene:{i}" for i in range(100, 130)]
    values = [0.0] * 6 + [5.0] * 30
    with pytest.raises(BadInputError, match=r"reaches 0 of the 30 genes that respond .*0\.0%"):
        world.add("far", ({A: 1}, values, {}), features=GENES + others)


@pytest.mark.parametrize("values", [[0.0] * 6, [9.0, 0.0, 0.0, 0.0, 0.0, 0.0]])
def test_responses_that_are_all_zero_are_refused(world: World, values: list[float]) -> None:
    with pytest.raises(BadInputError, match="Nothing but the perturbed genes themselves responds"):
        world.add("zero", ({A: 1}, values, {}))


def test_a_set_without_a_perturbed_gene_of_the_network_says_what_it_perturbs(world: World) -> None:
    rows = [({A: 0}, RISES, {}), ({E: 1}, RISES, {}), ({F: 1}, RISES, {})]
    with pytest.raises(BadInputError) as refused:
        world.add("drugs", *rows)
    assert "1 perturb a drug, 2 perturb genes outside the network" in str(refused.value)


def test_one_perturbation_is_enough_for_an_audit(world: World) -> None:
    found = world.add("one", ({A: 1}, RISES, {}))
    result = audit(world.network.signed, found.observations, effects=found.effects)
    assert sum(edge.tested for edge in result.edges) == 2


def test_a_censored_set_has_effects_where_it_lists_them_and_no_errors(world: World) -> None:
    found = world.add("listed", ({A: 1}, RISES, {}), censored=True)
    assert found.censored
    assert np.isnan(found.errors).all()


def test_the_hash_sees_weights_groups_and_partners(world: World) -> None:
    seen = world.add("one", ({A: 1}, RISES, {})).observations
    assert seen.weight is not None
    others = (
        replace(seen, weight=seen.weight / 2),
        replace(seen, groups=("other",)),
        replace(seen, partners=(((1, -1),),)),
    )
    assert len({observations_hash(each) for each in (seen, *others)}) == 4
