"""Options that say how effects become labels, for every command that uses labels."""

from __future__ import annotations

from typing import Annotated

import typer

LabelRule = Annotated[
    str | None,
    typer.Option(
        "--rule",
        help="moderated: tests with false discovery control, and unknown where neither change nor "
        "its absence is shown; cutoff: |effect| and p alone. Default: moderated.",
    ),
]
Alpha = Annotated[
    float | None,
    typer.Option(help="False discovery rate, or level of the cut-off. Default: 0.05."),
]
MinEffect = Annotated[
    float | None,
    typer.Option(help="Smallest effect that is a change. Default: what fits the set's unit."),
]
