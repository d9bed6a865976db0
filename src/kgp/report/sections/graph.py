"""Where the graph comes from, how large it is, what its vectors look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.report import numerals
from kgp.report.markup import Child, Node, h, link
from kgp.report.plots.bars import bar_plot
from kgp.report.plots.degrees import degree_plot
from kgp.report.plots.scatter import embedding_plot
from kgp.report.tables import Column, TableData, to_html

if TYPE_CHECKING:
    from kgp.report.content import EmbeddingMap, GraphSummary, SourceSummary

MOST_BARS = 20


def sources_section(sources: tuple[SourceSummary, ...]) -> tuple[Child, ...]:
    """One row per source, with licence and what became of its rows; then how to cite them."""
    drawn: dict[str, list[Child]] = {
        "source": [_named(source) for source in sources],
        "licence": [link(source.licence, source.licence_url) for source in sources],
        "why": [_reasons(source) for source in sources],
    }
    cited = [source for source in sources if source.citation]
    citations = h(
        "details",
        h("summary", "How to cite the sources"),
        h("ul", *(h("li", h("b", s.name), f": {s.citation}") for s in cited)),
    )
    return (to_html(source_table(sources), drawn), citations if cited else None)


def source_table(sources: tuple[SourceSummary, ...]) -> TableData:
    """Rows in, kept, merged and dropped with reasons, by source."""
    columns = (
        Column("Source"),
        Column("Version"),
        Column("Licence"),
        Column("Rows in", "count"),
        Column("Kept", "count"),
        Column("Merged", "count"),
        Column("Dropped", "count"),
        Column("Why dropped", key="why"),
    )
    rows = tuple(
        (
            s.name,
            s.version,
            s.licence,
            s.rows_in,
            s.kept,
            s.merged,
            sum(s.dropped.values()),
            "; ".join(_reason_lines(s)),
        )
        for s in sources
    )
    return TableData("", columns, rows)


def _named(source: SourceSummary) -> Child:
    if not source.synthetic:
        return source.name
    return h("span", source.name, " ", h("span", "synthetic", class_="badge-tag"))


def _reason_lines(source: SourceSummary) -> list[str]:
    ranked = sorted(source.dropped.items(), key=lambda item: (-item[1], item[0]))
    return [f"{numerals.count(n)} {reason}" for reason, n in ranked if n]


def _reasons(source: SourceSummary) -> Node | None:
    lines = _reason_lines(source)
    return h("ul", *(h("li", reason) for reason in lines), class_="reasons") if lines else None


def graph_section(graph: GraphSummary) -> tuple[Child, ...]:
    """Bars of node and relationship counts, and the degree distribution."""
    n_nodes, n_edges = sum(graph.nodes.values()), sum(graph.relationships.values())
    said = (
        f"{numerals.plural(n_nodes, 'node')} of {numerals.plural(len(graph.nodes), 'type')}, "
        f"{numerals.plural(n_edges, 'relationship')} of "
        f"{numerals.plural(len(graph.relationships), 'type')}."
    )
    nodes = _counts("nodes", "Nodes by type", graph.nodes, 0)
    relationships = _counts("relationships", "Relationships by type", graph.relationships, 2)
    left = h("div", nodes, degree_plot(graph.degrees), class_="stack")
    return (h("p", said, class_="finding"), h("div", left, relationships, class_="figures"))


def _counts(key: str, title: str, counts: dict[str, int], colour: int) -> Node | None:
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rest = ranked[MOST_BARS:]
    more = (
        f"{numerals.plural(len(rest), 'further type')} with "
        f"{numerals.count(sum(n for _, n in rest))} in report.json."
        if rest
        else ""
    )
    return bar_plot(key, title, more, ranked[:MOST_BARS], colour=colour)


def embedding_section(embedding: EmbeddingMap) -> tuple[Child, ...]:
    """The map and where its vectors come from."""
    covered = f"{numerals.count(embedding.n_covered)} of {numerals.count(embedding.n_nodes)} nodes"
    facts = (
        ("vectors", embedding.vectors),
        ("encoder", f"{embedding.encoder} ({embedding.revision})"),
        ("dimension", numerals.count(embedding.dimension)),
        ("covered", covered),
        ("projection", embedding.projection),
    )
    listed = [h("div", h("dt", term), h("dd", fact)) for term, fact in facts]
    plot = embedding_plot(embedding) or h("p", "No node has a vector yet.", class_="absent")
    return (h("dl", *listed, class_="facts"), plot)
