"""The sections of the page in reading order, each with the command that would produce it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kgp.report.sections.attention import attention_section
from kgp.report.sections.audit import audit_section
from kgp.report.sections.changes import changes_section
from kgp.report.sections.graph import embedding_section, graph_section, sources_section
from kgp.report.sections.models import models_section
from kgp.report.sections.refinement import refinement_section

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from kgp.report.content import ReportContent
    from kgp.report.markup import Child

    T = TypeVar("T")

__all__ = ["Section", "sections"]


@dataclass(frozen=True, slots=True)
class Section:
    """A section; an empty ``body`` means that it was not computed."""

    key: str
    title: str
    command: str
    body: tuple[Child, ...]


def sections(content: ReportContent) -> tuple[Section, ...]:
    """Draw every section for which there are figures."""
    return (
        Section(
            "sources",
            "Sources",
            "kgp load SOURCE PATH",
            _draw(sources_section, content.sources or None),
        ),
        Section("graph", "The graph", "kgp load SOURCE PATH", _draw(graph_section, content.graph)),
        Section(
            "embedding", "Embedding map", "kgp embed", _draw(embedding_section, content.embedding)
        ),
        Section("models", "Models", "kgp train kg-gat", _draw(models_section, content.models)),
        Section(
            "audit",
            "Audit of the network",
            "kgp grn audit NETWORK",
            _draw(audit_section, content.audit),
        ),
        Section(
            "refinement",
            "Refinement",
            "kgp refine NETWORK",
            _draw(refinement_section, content.refinement),
        ),
        Section(
            "changes",
            "Changed edges",
            "kgp refine NETWORK --write",
            _draw(changes_section, content.changes),
        ),
        Section(
            "attention",
            "Attention of one drug",
            "kgp train kg-gat",
            _draw(attention_section, content.attention),
        ),
    )


def _draw(draw: Callable[[T], tuple[Child, ...]], part: T | None) -> tuple[Child, ...]:
    return () if part is None else draw(part)
