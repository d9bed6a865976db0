"""Laws of the prefetching loader, with batches that need no graph."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import orjson
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from kgp.errors import BadInputError
from kgp.platform.pyg import PrefetchLoader, SeedBatch, SeedOrder

if TYPE_CHECKING:
    from collections.abc import Callable

SEEDS = np.arange(100, 123)


def rows(batch: SeedBatch) -> tuple[int, int, list[int]]:
    return batch.epoch, batch.number, batch.seeds.tolist()


def uneven(batch: SeedBatch) -> tuple[int, int, list[int]]:
    time.sleep(0.002 * (batch.number % 3))  # later batches are ready before earlier ones
    return rows(batch)


def background() -> int:
    return sum(thread.name.startswith("kgp-prefetch") for thread in threading.enumerate())


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_any_number_of_threads_gives_the_same_batches_in_the_same_order(threads: int) -> None:
    order = SeedOrder(SEEDS, 4)
    loader = PrefetchLoader(order, uneven, threads=threads)
    for epoch in range(2):
        expected = [rows(order.batch(order.order(epoch), epoch, n)) for n in range(6)]
        assert list(loader) == expected
    assert background() == 0


@settings(max_examples=50)
@given(
    size=st.integers(1, 60),
    batch_size=st.integers(1, 20),
    ranks=st.integers(1, 4),
    seed=st.integers(0, 2**40),
    epoch=st.integers(0, 9),
)
def test_ranks_share_each_batch_and_no_seed_comes_twice(
    size: int, batch_size: int, ranks: int, seed: int, epoch: int
) -> None:
    if batch_size < ranks or size < ranks:
        return
    shares = [
        SeedOrder(np.arange(size), batch_size, seed=seed, rank=rank, ranks=ranks)
        for rank in range(ranks)
    ]
    whole = SeedOrder(np.arange(size), batch_size, seed=seed)
    order = whole.order(epoch)
    assert {len(share) for share in shares} == {len(shares[0])}
    seen: Counter[int] = Counter()
    for number in range(len(shares[0])):
        parts = [share.batch(order, epoch, number).seeds.tolist() for share in shares]
        assert all(parts)
        together = sorted(chain.from_iterable(parts))
        assert together == sorted(whole.batch(order, epoch, number).seeds.tolist())
        seen.update(together)
    assert max(seen.values()) == 1
    assert len(seen) > size - ranks


def test_the_order_is_the_specified_permutation() -> None:
    def mix(z: int) -> int:
        z = (z + 0x9E3779B97F4A7C15) % 2**64
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        z = (z ^ z >> 27) * 0x94D049BB133111EB % 2**64
        return z ^ z >> 31

    key = 0
    for part in (7, 2, 2**64 - 1):
        key = mix(key ^ part)
    by_hand = sorted(range(50), key=lambda row: mix(key ^ row))
    assert SeedOrder(np.arange(50), 5, seed=7).order(2).tolist() == by_hand


def test_epochs_differ_and_unshuffled_ones_do_not() -> None:
    order, plain = SeedOrder(SEEDS, 4), SeedOrder(SEEDS, 4, shuffle=False)
    assert order.order(0).tolist() != order.order(1).tolist()
    assert plain.order(0).tolist() == plain.order(1).tolist() == list(range(23))


def test_the_last_batch_can_be_left_out() -> None:
    assert [len(b[2]) for b in PrefetchLoader(SeedOrder(SEEDS, 5), rows)] == [5, 5, 5, 5, 3]
    loader = PrefetchLoader(SeedOrder(SEEDS, 5, drop_last=True), rows)
    assert [len(batch[2]) for batch in loader] == [5] * 4 == [5] * len(loader)


def test_an_exception_of_a_thread_reaches_the_caller_in_its_turn() -> None:
    def fail(batch: SeedBatch) -> int:
        if batch.number == 3:
            raise ZeroDivisionError("batch 3")
        return batch.number

    seen = []
    with pytest.raises(ZeroDivisionError, match="batch 3"):  # noqa: PT012  # what came before counts
        for number in PrefetchLoader(SeedOrder(SEEDS, 2), fail, threads=2):
            seen.append(number)
    assert seen == [0, 1, 2]
    assert background() == 0


def test_leaving_early_leaves_no_thread() -> None:
    made: list[int] = []

    def make(batch: SeedBatch) -> int:
        made.append(batch.number)
        return batch.number

    for number in PrefetchLoader(SeedOrder(SEEDS, 1), make, threads=2):
        if number == 4:
            break
    assert background() == 0
    assert len(made) < len(SEEDS)


def test_no_more_batches_are_made_ahead_than_allowed() -> None:
    made: list[int] = []

    def make(batch: SeedBatch) -> int:
        made.append(batch.number)
        return batch.number

    for number in PrefetchLoader(SeedOrder(SEEDS, 1), make, threads=3, ahead=2):
        time.sleep(0.002)
        assert len(made) <= number + 1 + 2


@given(taken=st.integers(0, 11), threads=st.integers(1, 3))
@settings(max_examples=30)
def test_a_loaded_state_goes_on_behind_the_last_batch_handed_out(taken: int, threads: int) -> None:
    order = SeedOrder(SEEDS, 4)
    straight = PrefetchLoader(order, rows)
    expected = [batch for _ in range(3) for batch in straight]
    loader = PrefetchLoader(order, rows, threads=threads)
    seen, state = [], loader.state_dict()
    for _ in range(2):
        for batch in loader:
            if len(seen) == taken:
                break
            seen.append(batch)
            state = loader.state_dict()
        if len(seen) == taken:
            break
    resumed = PrefetchLoader(order, rows, threads=2)
    resumed.load_state_dict(orjson.loads(orjson.dumps(state)))
    while resumed.epoch < 3:
        seen += list(resumed)
    assert seen == expected


def test_a_loop_after_one_that_was_left_is_the_next_epoch() -> None:
    loader = PrefetchLoader(SeedOrder(SEEDS, 4), rows)
    first = next(iter(loader))
    assert first[:2] == (0, 0)
    assert loader.epoch == 0
    assert {batch[0] for batch in loader} == {1}
    assert loader.epoch == 2


def test_a_state_of_other_seeds_or_of_another_graph_is_refused_with_both_values() -> None:
    def loader(seeds: np.ndarray, snapshot: str) -> PrefetchLoader[object]:
        return PrefetchLoader(SeedOrder(seeds, 4), rows, identity={"snapshot": snapshot})

    state = loader(SEEDS, "abc").state_dict()
    with pytest.raises(BadInputError, match="snapshot: saved abc, here def") as refusal:
        loader(SEEDS, "def").load_state_dict(state)
    assert "seeds" not in str(refusal.value)
    with pytest.raises(BadInputError, match="seeds: saved"):
        loader(SEEDS[:-1], "abc").load_state_dict(state)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SeedOrder(SEEDS[:0], 4), "no seeds"),
        (lambda: SeedOrder(SEEDS, 0), "batch of 0 seeds"),
        (lambda: SeedOrder(SEEDS, 4, rank=2, ranks=2), "Rank 2"),
        (lambda: SeedOrder(SEEDS, 24, drop_last=True), "do not fill a batch of 24"),
        (lambda: PrefetchLoader(SeedOrder(SEEDS, 4), rows, threads=0), "0 threads"),
    ],
)
def test_what_makes_no_batch_is_refused(call: Callable[[], object], message: str) -> None:
    with pytest.raises(BadInputError, match=message):
        call()


def test_torch_uses_one_thread_in_the_background_and_the_callers_number_outside() -> None:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        loader = PrefetchLoader(SeedOrder(SEEDS, 4), lambda _: torch.get_num_threads(), threads=2)
        for inside in loader:
            assert (inside, torch.get_num_threads()) == (1, 2)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_waiting_is_told_from_working() -> None:
    def slow(batch: SeedBatch) -> int:
        time.sleep(0.02)
        return batch.number

    loader = PrefetchLoader(SeedOrder(SEEDS, 4), slow)
    for _ in loader:
        pass
    assert loader.waited > 10 * loader.busy
    assert loader.waiting_share > 0.9
    quick = PrefetchLoader(SeedOrder(SEEDS, 4), rows)
    for _ in quick:
        time.sleep(0.02)
    assert quick.busy >= 6 * 0.02
    assert quick.waiting_share < 0.5


def test_finish_runs_in_the_callers_thread() -> None:
    loader = PrefetchLoader(
        SeedOrder(SEEDS, 4),
        lambda _: threading.get_ident(),
        finish=lambda made: made != threading.get_ident() == threading.main_thread().ident,
    )
    assert list(loader) == [True] * 6


@dataclass(frozen=True, slots=True)
class Nested:
    """A batch as a trainer might define it."""

    parts: tuple[torch.Tensor, dict[str, list[torch.Tensor]]]
    size: int


def test_nested_batches_move_to_another_device() -> None:
    def make(batch: SeedBatch) -> Nested:
        seeds = torch.from_numpy(batch.seeds)
        return Nested((seeds, {"twice": [seeds * 2]}), len(seeds))

    # The meta device stands for any other than the CPU: it has shapes and no memory.
    for batch in PrefetchLoader(SeedOrder(SEEDS, 23), make, device="meta"):
        moved = [batch.parts[0], *batch.parts[1]["twice"]]
        assert [(t.device.type, t.shape[0]) for t in moved] == [("meta", 23)] * 2
        assert batch.size == 23
