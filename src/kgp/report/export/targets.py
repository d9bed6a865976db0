"""Responses as a network of source, target and weight, which decoupler takes as a resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from kgp.report.export.content import PERTURBED_SOURCE, responding

if TYPE_CHECKING:
    from pathlib import Path

    from kgp.models.labelled import LabelledSignature
    from kgp.report.export.content import ExportedSet, SignatureAbout

_SCHEMA = {"source": pl.String, "target": pl.String, "weight": pl.Float64}


def write_decoupler(exported: ExportedSet, path: Path, *, source: str) -> int:
    """Write the responding genes; pairs are distinct, as decoupler demands.

    With ``source`` "perturbed" a weight is what making the gene more active does: responses to a
    knock-out change their sign, several signatures of one perturbation are averaged, and the
    perturbed gene itself is left out, because its transcript reports the perturbation. With
    "signature" weights are the effects as measured.

    Args:
        exported: the set.
        path: the file; ``.csv`` and ``.parquet`` are written as such, all else with tabs.
        source: one of ``TARGET_SOURCES``.

    Returns:
        Number of pairs.
    """
    parts = [_pairs(exported, *each, source) for each in exported.responses()]
    frame = pl.concat([pl.DataFrame(schema=_SCHEMA), *parts])
    weight = pl.col("weight").mean().cast(pl.Float32)
    net = frame.group_by("source", "target").agg(weight).sort("source", "target")
    if path.suffix == ".parquet":
        net.write_parquet(path)
    else:
        net.write_csv(path, separator="," if path.suffix == ".csv" else "\t")
    return net.height


def _pairs(
    exported: ExportedSet, about: SignatureAbout, response: LabelledSignature, source: str
) -> pl.DataFrame:
    found = responding(response)
    towards = 1
    if source == PERTURBED_SOURCE:
        found = found[[exported.features[place] not in about.perturbed for place in found]]
        # Of a combination in both directions there is no single way to turn it.
        towards = -1 if set(about.direction) == {-1} else 1
    name = "+".join(about.perturbed_names) if source == PERTURBED_SOURCE else about.key
    return pl.DataFrame(
        {
            "source": [name] * len(found),
            "target": [exported.feature_names[place] for place in found],
            "weight": towards * response.effect[found],
        },
        schema=_SCHEMA,
    )
