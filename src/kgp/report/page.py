"""The page: head, headline figures, contents, one section after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kgp.log import redact
from kgp.report.headlines import Headline, headlines
from kgp.report.markup import Node, h, serialise, style
from kgp.report.sections import Section, sections
from kgp.report.styles import page_style

if TYPE_CHECKING:
    from kgp.report.content import ReportContent

HOW_TO_READ = (
    "Every figure stands, unrounded, in the report.json that was written with this page.",
    "Brackets and whiskers are intervals. Where the interval of a difference holds zero, the data "
    "do not tell the two apart.",
    "Baselines stand in the same table as the models: a model that does not beat the mean "
    "response has learned nothing about the perturbation.",
    "“Synthetic” marks data that kgp generated, “planted truth” a network damaged on purpose "
    "to measure how much of it is recovered.",
    "Point at a mark, or at a name in a legend, to see which is which.",
)


def render(content: ReportContent) -> str:
    """Write one self-contained HTML page: no script, no font and no picture from elsewhere."""
    shown = sections(content)
    head = h(
        "head",
        h("meta", charset="utf-8"),
        h("meta", name="viewport", content="width=device-width, initial-scale=1"),
        h("meta", name="color-scheme", content="light dark"),
        h("meta", name="generator", content=f"kgp {content.kgp_version}"),
        h("title", content.title),
        style(page_style()),
    )
    body = h(
        "body",
        h("a", "Skip to the sections", href="#sections", class_="skip"),
        _header(content),
        h("main", _cards(content), _orientation(shown), *_bodies(shown), id="sections"),
        h("footer", f"Made by kgp {content.kgp_version} on {content.created}."),
    )
    return "<!doctype html>\n" + serialise(h("html", head, body, lang="en")) + "\n"


def _header(content: ReportContent) -> Node:
    facts = (
        ("created", content.created),
        ("store", redact(content.store)),
        ("graph fingerprint", content.fingerprint),
        ("kgp", content.kgp_version),
    )
    listed = [h("div", h("dt", term), h("dd", fact)) for term, fact in facts]
    return h("header", h("h1", content.title), h("dl", *listed, class_="facts"))


def _cards(content: ReportContent) -> Node | None:
    cards = [_card(headline) for headline in headlines(content)]
    return h("section", *cards, class_="cards", aria_label="Headline figures") if cards else None


def _card(headline: Headline) -> Node:
    tag = h("span", headline.tag, class_="badge-tag") if headline.tag else None
    return h(
        "a",
        h("span", headline.label, class_="card-label"),
        h("span", headline.figure, class_="card-figure"),
        h("span", headline.note, class_="card-note"),
        tag,
        class_="card",
        href=f"#{headline.section}",
    )


def _orientation(shown: tuple[Section, ...]) -> Node:
    entries = [
        h(
            "li",
            h("a", section.title, href=f"#{section.key}"),
            None if section.body else h("span", " not computed", class_="muted"),
        )
        for section in shown
    ]
    contents = h("nav", h("h2", "Contents"), h("ol", *entries), aria_label="Contents")
    hints = h("div", h("h2", "How to read this page"), h("ul", *(h("li", s) for s in HOW_TO_READ)))
    return h("section", contents, hints, class_="orientation")


def _bodies(shown: tuple[Section, ...]) -> list[Node]:
    return [
        h(
            "section",
            h("h2", h("span", str(number), class_="section-number"), section.title),
            *(section.body or (_absent(section),)),
            id=section.key,
            class_="part-of-report",
        )
        for number, section in enumerate(shown, start=1)
    ]


def _absent(section: Section) -> Node:
    return h(
        "p", "Not computed. ", h("code", section.command), " would fill this section.",
        class_="absent",
    )  # fmt: skip
