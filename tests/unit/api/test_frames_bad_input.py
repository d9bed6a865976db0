"""Every table that cannot be used is refused with one message that says why."""

from __future__ import annotations

import pandas as pd
import polars as pl
import pytest

import kgp
from kgp.errors import BadInputError, KgpError
from tests.unit.api import frame_worlds

NET, SEEN = frame_worlds.network(), frame_worlds.responses()
ONE = pl.col("perturbation") == "a"


def _with(**columns: object) -> pl.DataFrame:
    return SEEN.with_columns(**{name: pl.lit(value) for name, value in columns.items()})


NETWORKS = {
    "no column 'weight'. It has: source, target": NET.drop("weight"),
    "The network has no rows": NET.head(0),
    "Row 0 of the network has no source": NET.with_columns(source=pl.lit(None, pl.String)),
    "Row 2 of the network has no target": NET.to_pandas().assign(
        target=["b", "c", float("nan"), *"ddefgg"]
    ),
    "Row 0 of the network has weight NaN": NET.with_columns(weight=pl.lit(float("nan"))),
    "has weight 'up'": NET.with_columns(weight=pl.lit("up")),
    "holds Float64 and no names": NET.with_columns(source=pl.lit(1.5)),
    "None of the 9 rows of the network is a signed edge": NET.with_columns(weight=pl.lit(0)),
    "The network is a LazyFrame and no table": NET.lazy(),
    "The network is a list and no table": [("a", "b", 1)],
    "several columns 'weight'": pd.DataFrame(
        [["a", "b", 1, 1]], columns=["source", "target", "weight", "weight"]
    ),
    "cannot be read": {"source": ["a"], "target": ["b", "c"], "weight": [1]},
}

RESPONSES = {
    "no column 'response'": SEEN.drop("response"),
    "The table of responses has no rows": SEEN.head(0),
    "Row 0 of the table of responses has response 2": _with(response=2),
    "Row 0 of the table of responses has response NaN": _with(response=float("nan")),
    "Row 0 of the table of responses has response 0.5": _with(response=0.5),
    "Row 0 of the table of responses has confidence 3": _with(confidence=3),
    "Row 0 of the table of responses has no gene": _with(gene=""),
    "The perturbation '-' names no gene": _with(perturbation="-"),
    "The perturbation 'a+' names no gene": _with(perturbation="a+"),
    "The perturbation 'a+-a' names a gene twice": _with(perturbation="a+-a"),
    "Unknown gene 'zzz'": SEEN.filter(ONE).with_columns(perturbation=pl.lit("zzz")),
    "all are 0, or the perturbed gene's own": _with(response=0),
    "The network knows 0.0% of the 4 responding genes": SEEN.with_columns(
        gene="X" + pl.col("gene")
    ),
    "Gene 'd' is listed 2 times for '-b', with responses -1, 1": pl.concat(
        [SEEN, SEEN.with_columns(response=-pl.col("response"))]
    ),
    "several groups": SEEN.with_columns(group=pl.int_range(pl.len())),
}

OPTIONS = {
    "All responses are to one perturbation, 'a'": {"responses": SEEN.filter(ONE)},
    "In frozen: Unknown gene 'q'": {"frozen": [("a", "q")]},
    "'ab',) in frozen is no pair of genes": {"frozen": ["ab"]},
    "3 in candidates is no pair of genes": {"candidates": 3},
    "A share of 3": {"max_share": 3},
    "confidence of 1": {"min_confidence": 1},
    "Unknown method 'guess'": {"method": "guess"},
    "Unknown rule for conflicts": {"conflict": "strongest"},
    "A share of 1 idle edges": {"idle": 1},
    "A least gain of nan nats": {"least_gain": float("nan")},
    "rates is (0.1, 0.2)": {"rates": (0.1, 0.2)},
    "The miss rate 1.5 is no probability": {"rates": (1.5, 0.1, 0.1)},
    "Walks of length 0": {"max_length": 0},
    "Unknown choice of lengths 'any'": {"lengths": "any"},
}


@pytest.mark.parametrize("said", NETWORKS)
def test_network_that_is_none(said: str) -> None:
    with pytest.raises(BadInputError) as refused:
        kgp.audit(NETWORKS[said], SEEN)
    assert said in str(refused.value)
    assert refused.value.hint or refused.value.command


@pytest.mark.parametrize("said", RESPONSES)
@pytest.mark.parametrize("job", [kgp.audit, kgp.refine])
def test_responses_that_are_none(said: str, job: object) -> None:
    with pytest.raises(BadInputError) as refused:
        job(NET, RESPONSES[said])  # type: ignore[operator]  # one of two functions
    assert said in str(refused.value)


@pytest.mark.parametrize("said", OPTIONS)
def test_option_that_makes_no_sense(said: str) -> None:
    with pytest.raises(KgpError) as refused:
        kgp.refine(NET, **{"responses": SEEN, **OPTIONS[said]})
    assert said in str(refused.value)


def test_names_that_do_not_meet_are_shown_from_both_sides() -> None:
    with pytest.raises(BadInputError, match=r"name genes Xb, Xc, Xd …; the network a, b, c …"):
        kgp.refine(NET, SEEN.with_columns(gene="X" + pl.col("gene")))


def test_false_discovery_rate_of_an_audit_is_one() -> None:
    with pytest.raises(BadInputError, match="alpha is 2"):
        kgp.audit(NET, SEEN, alpha=2)
