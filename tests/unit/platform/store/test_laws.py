"""Laws of publishing, on random small worlds: the order of loads is no content."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.platform import grn
from kgp.platform.queries import run_query
from kgp.platform.store.embedded.store import EmbeddedStore
from kgp.platform.store.records import EdgeChange, EdgeEvidence
from kgp.testing import MemoryStore, SourceBuilder, publish
from kgp.testing.golden import golden
from kgp.testing.loads import source_info
from tests.unit.platform.store.rows import tuples

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kgp.platform.store.port import KnowledgeStore
    from kgp.testing import ListLoader

SOURCES = ("gene-info", "primekg", "string", "unheard-of")
GENES = (
    "ncbigene:1",
    "ncbigene:2",
    "ncbigene:10",
    "ensembl:1",
    "uniprot:1",
    "symbol:A",
    "symbol:Ä",
)
EFFECTS = ("activation", "repression", "dual", "unknown")
SIGNS = {"activation": 1, "repression": -1, "dual": 0, "unknown": 0}
STORES: dict[str, Callable[[], KnowledgeStore]] = {
    "memory": MemoryStore,
    "embedded": lambda: EmbeddedStore(":memory:"),
}
slow = settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow], database=None)

gene = st.sampled_from(GENES)
value = st.one_of(
    st.none(), st.integers(-9, 9), st.text(max_size=3), st.booleans(), st.floats(-2, 2, width=32)
)
node = st.tuples(st.just("node"), gene, st.sampled_from(["", "A", "b"]), value, value)
xref = st.tuples(st.just("xref"), gene, gene, st.sampled_from(["exact", "synonym"]))
relation = st.sampled_from(["INTERACTS_WITH", "ASSOCIATED_WITH"])
edge = st.tuples(st.just("edge"), gene, relation, gene, st.sampled_from(["", "q"]), value)
statement = st.one_of(node, node, xref, edge)


def loader(
    number: int, name: str, statements: list[tuple[object, ...]], signed: list[tuple[str, str, str]]
) -> ListLoader:
    """The loader of random statements and of one network of its own."""
    source = SourceBuilder(source_info(name, str(number)))
    for kind, *rest in statements:
        if kind == "node":
            identifier, label, size, state = rest
            source.node(str(identifier), "Gene", str(label), size=_text(size), state=_text(state))
        elif kind == "xref":
            source.xref(*map(str, rest))
        else:
            src, verb, dst, qualifier, score = map(str, rest)
            source.edge(src, verb, dst, qualifier, score=score)
    for src, dst, effect in signed:
        source.regulates(f"net-{number}", src, dst, SIGNS[effect], effect)
    return source.loader()


def _text(value: object) -> str | None:
    return None if value is None else repr(value)


@st.composite
def worlds(draw: st.DrawFn) -> list[ListLoader]:
    """Two to four loads, some of the same source in other versions."""
    loads = []
    for number in range(draw(st.integers(2, 4))):
        name = draw(st.sampled_from(SOURCES))
        signed = draw(st.lists(st.tuples(gene, gene, st.sampled_from(EFFECTS)), max_size=3))
        some = draw(st.lists(statement, min_size=1, max_size=8))
        loads.append(loader(number, name, some, signed))
    return loads


def loaded(make: Callable[[], KnowledgeStore], loads: Sequence[ListLoader]) -> KnowledgeStore:
    store = make()
    with tempfile.TemporaryDirectory() as folder:
        for item in loads:
            publish(store, item, Path(folder))
    return store


def content(store: KnowledgeStore) -> tuple[object, ...]:
    return tuples(store.scan_nodes()), tuples(store.scan_edges()), store.fingerprint()


@slow
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_and_the_repetition_of_loads_change_nothing(
    loads: list[ListLoader], random: object
) -> None:
    shuffled = [*loads, *loads[:1]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives random.Random
    expected = content(loaded(MemoryStore, loads))
    assert content(loaded(MemoryStore, shuffled)) == expected
    with loaded(STORES["embedded"], shuffled) as store:
        assert content(store) == expected


@slow
@given(worlds(), st.integers(0, 9))
@pytest.mark.parametrize("make", STORES.values(), ids=list(STORES))
def test_a_purged_load_leaves_no_trace(
    make: Callable[[], KnowledgeStore], loads: list[ListLoader], which: int
) -> None:
    gone = which % len(loads)
    others = [item for i, item in enumerate(loads) if i != gone]
    with loaded(make, loads) as store, loaded(MemoryStore, others) as expected:
        same = [s for s in store.sources() if s.version == str(gone)]
        store.purge(same[0].load_id)
        assert content(store) == content(expected)


@slow
@given(worlds())
def test_counts_and_lookups_agree_between_stores(loads: list[ListLoader]) -> None:
    plain = loaded(MemoryStore, loads)
    with loaded(STORES["embedded"], loads) as store:
        assert store.counts() == plain.counts()
        assert store.grns() == plain.grns()
        for text in ("1", "a", "Ä", "symbol:A"):
            assert store.find(text) == plain.find(text)
            assert store.similar(text) == plain.similar(text)
        assert store.ambiguous() == plain.ambiguous()
        for item in GENES:
            assert _known(store, item) == _known(plain, item)


def _known(store: KnowledgeStore, item: str) -> object:
    try:
        return store.nodes([item]), store.neighbors(item), store.paths(item, item)
    except BadInputError as error:
        return error.message.partition(" in ")[0]


ends = st.sampled_from(["ncbigene:7157", "ncbigene:4193", "ncbigene:596", "symbol:P21"])
layer = st.sampled_from(["transcriptional", "sigma"])
effect = st.sampled_from([*EFFECTS, ""])
weight = st.sampled_from([1.0, 0.5])
said = st.lists(st.sampled_from(["lincs:1", "lincs:2"]), unique=True, max_size=2)
change = st.tuples(ends, ends, layer, effect, weight, said)
Change = tuple[str, str, str, str, float, list[str]]


@slow
@given(
    st.lists(st.lists(change, max_size=5, unique_by=lambda c: c[:3]), min_size=1, max_size=3),
    st.data(),
)
@pytest.mark.parametrize("make", STORES.values(), ids=list(STORES))
def test_diff_then_apply_is_identity_and_rollback_restores(
    make: Callable[[], KnowledgeStore], history: list[list[Change]], data: st.DataObject
) -> None:
    with loaded(make, golden()) as store:
        for number, changes in enumerate(history, 1):
            made = grn.new_version("toy", number, "refine", {"step": number}, "", {})
            grn.commit(store, made, [_change(*c) for c in changes])
        head = len(history) + 1
        old, new = (data.draw(st.integers(1, head)) for _ in range(2))
        states = {v: grn.edges(store, "toy", v) for v in range(1, head + 1)}
        changed = grn.diff(store, "toy", old, new)
        assert _content(grn.apply(states[old], changed)) == _content(states[new])
        assert all(item.before != item.after for item in changed)
        if grn.diff(store, "toy", head, old):
            grn.rollback(store, "toy", old)
            assert grn.diff(store, "toy", old, head + 1) == []
            assert _content(grn.edges(store, "toy")) == _content(states[old])
        assert grn.edges(store, "toy", head).keys() == states[head].keys()


@settings(slow, max_examples=4)
@given(st.lists(st.lists(change, max_size=5, unique_by=lambda c: c[:3]), min_size=1, max_size=3))
def test_histories_with_evidence_and_forks_agree_between_stores(
    history: list[list[Change]],
) -> None:
    found = []
    for make in STORES.values():
        with loaded(make, golden()) as store:
            for number, changes in enumerate(history, 1):
                made = grn.new_version("toy", number, "refine", {"step": number}, "", {})
                grn.commit(store, made, [_change(*c) for c in changes])
            store.fork_grn("toy", "fork", "cell=K562", "me", len(history))
            evidence = [tuples(store.scan_evidence(name)) for name in ("toy", "fork")]
            answers = [run_query(store, *each).to_pylist() for each in QUESTIONS]
            found.append((store.fingerprint(), evidence, answers))
    assert found[0] == found[1]


QUESTIONS = (
    ("evidence-for", ("TP53", "MDM2", "toy")),
    ("evidence-for", ("MDM2", "P21", "fork")),
    ("edges-against-signature", ("lincs:1", "toy")),
    ("contradicted-edges", ("toy",)),
    ("contradicted-edges", ("fork",)),
    ("unperturbed-regulators", ("toy",)),
    ("between-contexts", ("toy", "fork")),
)


def _content(states: dict[grn.Key, grn.EdgeState]) -> dict[grn.Key, tuple[int, str, float]]:
    return {key: (s.sign, s.effect, s.weight) for key, s in states.items()}


def _change(
    src: str, dst: str, layer: str, effect: str, weight: float, said: list[str]
) -> EdgeChange:
    sign = SIGNS.get(effect)
    role, gain = ("supports", 1.0) if weight == 1.0 else ("contradicts", -0.5)
    evidence = tuple(EdgeEvidence(signature, role, gain) for signature in said)
    return EdgeChange(src, dst, layer, sign, effect, 0.5, {}, weight, evidence)
