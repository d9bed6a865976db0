"""``kgp sources``: what can be loaded, how to come by it, and what a store holds of it."""

from __future__ import annotations

import textwrap
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from kgp.cli.common import DEFAULT_STORE, Debug, Json, ProgressMode, Store, print_json, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kgp.loaders.spec import SourceSpec

_WIDTH = 79
"""A terminal of 80 columns shows it without breaking a line; addresses are never broken."""


def sources(
    source: Annotated[str, typer.Argument(help="Show this one in full.")] = "",
    store: Store = DEFAULT_STORE,
    json: Json = False,
    progress: ProgressMode = "auto",
    debug: Debug = False,
) -> None:
    """List the sources: files, licence, how to come by them, and the versions that are loaded."""
    from kgp.loaders.registry import SOURCES, source_spec

    specs = [source_spec(source)] if source else [spec for _, spec in sorted(SOURCES.items())]
    loaded = _loaded(store)
    if json:
        found = [{**asdict(spec), "loaded": loaded.get(spec.name, [])} for spec in specs]
        print_json(found[0] if source else found)
        return
    lines = _in_full(specs[0], loaded) if source else _overview(specs, loaded)
    for line in lines:
        say(line)


def _overview(specs: list[SourceSpec], loaded: Mapping[str, list[str]]) -> Iterator[str]:
    from kgp.loaders.download.fetching import access_text

    for spec in specs:
        yield f"{spec.name:<22}{spec.license:<38}{'kgp fetch' if spec.downloads else ''}".rstrip()
        yield from _wrapped(f"{spec.description}; reads {_files(spec)}", "    ")
        if not spec.downloads:
            yield from _wrapped(f"to get it: {access_text(spec)}", "    ")
        if spec.name in loaded:
            yield from _wrapped(f"loaded: {', '.join(loaded[spec.name])}", "    ")
    yield ""
    yield "kgp sources SOURCE shows one in full; kgp load SOURCE PATH loads it."


def _files(spec: SourceSpec) -> str:
    return ", ".join(r.name if r.required else f"[{r.name}]" for r in spec.roles)


def _in_full(spec: SourceSpec, loaded: Mapping[str, list[str]]) -> Iterator[str]:
    from kgp.kg_schema.licenses import Use, allows
    from kgp.loaders.download.fetching import access_text

    yield f"{spec.name}: {spec.title}"
    yield from _wrapped(f"{spec.description}.", "  ")
    uses = [str(use) for use in Use if allows(spec.license, use)] or ["neither, unless you know"]
    facts = {
        "licence": f"{spec.license} (use: {', '.join(uses)})",
        "version": spec.version_rule,
        "options": ", ".join(spec.options) or "none",
        "loaded": ", ".join(loaded.get(spec.name, [])) or "nothing of it",
        "home": spec.url,
        "cite": f"{spec.citation}.",
    }
    for label, text in facts.items():
        yield from _wrapped(text, f"  {label:<9}")
    yield "  files"
    for role in spec.roles:
        needed = "" if role.required else " (optional)"
        yield from _wrapped(f"{role.description}{needed}", f"    {role.name:<14}")
    if spec.downloads:
        yield "  fetched from"
        for download in spec.downloads:
            yield from _wrapped(download.url, f"    {download.role:<14}")
        yield from _wrapped(spec.access, "  ")
    else:
        yield from _wrapped(access_text(spec), "  access   ")
    yield f"  $ kgp fetch {spec.name}" if spec.downloads else ""
    yield from _wrapped(spec.usage, "  $ ")


def _wrapped(text: str, first: str) -> list[str]:
    """Break a text at spaces; further lines start below the first word."""
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _loaded(store: str) -> dict[str, list[str]]:
    """Versions in the store by source; without a store there are none."""
    from kgp.api.stores import open_store
    from kgp.errors import NoStoreError

    found: dict[str, list[str]] = {}
    with suppress(NoStoreError), open_store(store) as graph:
        for record in graph.sources():
            found.setdefault(record.source, []).append(record.version)
    return found
