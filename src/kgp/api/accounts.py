"""The account of a load: what was read, what became of it, and why some of it was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.errors import BadInputError
from kgp.kg_schema.licenses import Use, allows, is_own, reason_against

if TYPE_CHECKING:
    from kgp.kg_schema.provenance import SourceInfo
    from kgp.loaders.spec import SourceSpec
    from kgp.platform.preview import Preview
    from kgp.platform.store.records import PublishReport

_OWN_NOTE = (
    "No licence is stated, so the files count as your own; state that of others with "
    "--option license=SPDX."
)


@dataclass(frozen=True, slots=True)
class Account:
    """What was read and dropped.

    Args:
        info: the source.
        files: what was read.
        rows_in: data rows (or records) read.
        rows_kept: rows that were not dropped.
        rows_merged: kept rows that state what another row of the load states.
        dropped: reason → number of rows.
        examples: reason → the first offending values.
        use: what the graph is for, where the user said so.
        notes: what the user should know.
    """

    info: SourceInfo
    files: tuple[str, ...]
    rows_in: int
    rows_kept: int
    rows_merged: int
    dropped: dict[str, int]
    examples: dict[str, list[str]]
    use: Use | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LoadReport(Account):
    """The account of one load.

    Args:
        published: what the store added.
        ambiguous_aliases: identifiers in the whole graph that several nodes claim, after a load
            that brought some; what is stated under them belongs to no node.
    """

    published: PublishReport
    ambiguous_aliases: int


@dataclass(frozen=True, slots=True)
class DryRun(Account):
    """The account of a load that was not published.

    Args:
        content: what would come in.
    """

    content: Preview


@dataclass(frozen=True, slots=True)
class Skipped:
    """A source of a world that was left out.

    Args:
        source: its name.
        license: its licence.
        where: which load of which world file it is.
        reason: why it was left out.
    """

    source: str
    license: str
    where: str
    reason: str


class LicenseError(BadInputError):
    """A source's licence does not allow the use that the user named."""


def check_license(spec: SourceSpec, license: str, use: Use | None) -> None:
    """Refuse a source whose licence does not allow the use.

    Args:
        spec: the source.
        license: its licence, or that of the user's own copy.
        use: what the graph is for; None allows everything.

    Raises:
        LicenseError: with the licence and what to do.
    """
    if use is None or allows(license, use):
        return
    restated = "license" in spec.options
    permitted = [str(each) for each in Use if allows(license, each)]
    read = (
        f"Its licence allows {' and '.join(permitted)} use only."
        if permitted
        else (
            "kgp does not know this licence; read it, and load without --license if it allows "
            "your use."
        )
    )
    own = " A copy of your own under other terms: --option license=SPDX." if restated else ""
    raise LicenseError(
        f"{spec.title}: {reason_against(license, use)}; nothing was read.",
        hint=read + own,
        command=f"kgp load {spec.name} … --license {permitted[0]}"
        if permitted
        else f"kgp sources {spec.name}",
    )


def license_notes(info: SourceInfo, use: Use | None) -> tuple[str, ...]:
    """Say that a file without a stated licence counts as the user's own."""
    return (_OWN_NOTE,) if use is not None and is_own(info.license) else ()
